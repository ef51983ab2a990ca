package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Event names: unusual names are routed, and the memory of names is bounded.
 */
class EventNamesTests {

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { ".a", "a.", "a..b", ".", "..", "a b", "\u0001", "a\nb", "\u001B[31m", "\uD800", "a.\uDC00",
			"\uD83D\uDE00", "\u202Ex", "a.#", "_other" })
	void whenNameIsOddThenItReachesWhoSubscribesToEverything(String name) {
		List<String> received = new ArrayList<>();
		this.router.subscribeAll((event, payload) -> received.add(event));
		this.router.emit(name, null);
		this.router.emit(name, null);
		assertThat(received).containsExactly(name, name);
		assertThat(this.router.eventSnapshot(name).emitted()).isEqualTo(2);
	}

	@ParameterizedTest
	@ValueSource(strings = { ".a", "a.", "a..b", ".", "a b", "\u0001", "\uD800", "_other" })
	void whenNameIsOddThenItCanBeSubscribedTo(String name) {
		List<String> received = new ArrayList<>();
		this.router.subscribe(name, (event, payload) -> received.add(event));
		this.router.emit(name, null);
		this.router.emit("x", null);
		assertThat(received).containsExactly(name);
	}

	@Test
	void whenNameIsNullOrBlankThenCallerIsToldAtOnce() {
		this.router.subscribeAll((event, payload) -> {
		});
		for (String name : new String[] { null, "", " \t" }) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit(name, "x"))
				.withMessage("Event name must not be null or blank");
			assertThatIllegalArgumentException().isThrownBy(() -> this.router.emitAsync(name, "x"));
			assertThatIllegalArgumentException().isThrownBy(() -> this.router.hasHandlers(name));
		}
		assertThat(this.router.snapshot().events()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', textBlock = """
			tool.*        | Event name 'tool.*' has a wildcard: give one plain name; only subscriptions take patterns
			a*b           | Event name 'a*b' has a wildcard: give one plain name; only subscriptions take patterns
			usage,other   | Event name 'usage,other' has a comma: give each name by itself, not a list
			"usage "      | Event name 'usage ' begins or ends with a space: remove it
			"\u00A0usage" | Event name '\u00A0usage' begins or ends with a space: remove it
			""", delimiter = '|')
	void whenNameIsNoneThenCallerIsToldEachTime(String name, String message) {
		this.router.subscribeAll((event, payload) -> {
		});
		TelemetryRouter full = TelemetryRouter.builder().maxEventNames(1).build();
		full.emit("first", null);
		for (TelemetryRouter router : List.of(this.router, full, TelemetryRouter.builder().holdEvents(10).build())) {
			for (int i = 0; i < 2; i++) {
				assertThatIllegalArgumentException().isThrownBy(() -> router.emit(name, "x")).withMessage(message);
				assertThatIllegalArgumentException().isThrownBy(() -> router.emitAsync(name, "x")).withMessage(message);
				assertThatIllegalArgumentException().isThrownBy(() -> router.hasHandlers(name)).withMessage(message);
			}
			assertThatIllegalArgumentException().isThrownBy(() -> EventType.of(name, String.class))
				.withMessage(message);
			assertThat(router.snapshot().events()).doesNotContainKeys(name, RouterSnapshot.OTHER_EVENTS);
			assertThat(router.snapshot().held()).isZero();
			router.close();
		}
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', textBlock = """
			usage,other | Event name or pattern 'usage,other' has a comma: give each name by itself, not a list
			,b          | Event name or pattern ',b' has a comma: give each name by itself, not a list
			a.*,b.*     | Event name or pattern 'a.*,b.*' has a comma: give each name by itself, not a list
			"** "       | Event name or pattern '** ' begins or ends with a space: remove it
			" usage"    | Event name or pattern ' usage' begins or ends with a space: remove it
			""", delimiter = '|')
	void whenPatternIsNoneThenSubscriberIsTold(String pattern, String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.subscribe(pattern, (event, payload) -> {
		})).withMessage(message);
		assertThatIllegalArgumentException().isThrownBy(() -> HandlerSpec.on("x", pattern)).withMessage(message);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.router.next(pattern, (event) -> true, Duration.ofSeconds(1)))
			.withMessage(message);
	}

	@Test
	void whenRefusedNameIsHugeOrForgesALineThenMessageIsShortAndOneLine() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit("a\nWARN " + "x".repeat(500) + ",", 1))
			.satisfies((ex) -> assertThat(ex.getMessage()).hasSizeLessThan(220).doesNotContain("\n"));
	}

	@Test
	void whenNameIsHugeThenItIsRoutedButNotKept() {
		String name = "a." + "x".repeat(1 << 20);
		List<String> received = new ArrayList<>();
		this.router.subscribe("a.*", (event, payload) -> received.add(event));
		Subscription exact = this.router.subscribe(name, (event, payload) -> received.add(event));
		this.router.emit(name, null);
		assertThat(received).containsExactly(name, name);
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.events()).containsOnlyKeys(RouterSnapshot.OTHER_EVENTS);
		assertThat(snapshot.handlers().get(exact.handlerId()).account().offered()).isOne();
	}

	@Test
	void whenNamesAreMadeUpThenOnlyTheFirstAreTrackedAndTheRestIsCountedTogether() {
		int names = 100_000;
		int limit = 50;
		this.router = TelemetryRouter.builder().maxEventNames(limit).build();
		LongAdder calls = new LongAdder();
		this.router
			.subscribe(HandlerSpec.on("made.*").id("all").handler((event, payload) -> calls.increment()).build());
		for (int i = 0; i < names; i++) {
			this.router.emit("made.n" + i, null);
		}
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(calls.sum()).isEqualTo(names);
		assertThat(snapshot.events()).hasSize(limit + 1).containsKeys("made.n0", "made.n49");
		assertThat(snapshot.events().get(RouterSnapshot.OTHER_EVENTS).emitted()).isEqualTo(names - limit);
		assertThat(snapshot.events().get(RouterSnapshot.OTHER_EVENTS).latency().count()).isEqualTo(names - limit);
		assertThat(snapshot.events().get(RouterSnapshot.OTHER_EVENTS).unhandled()).isZero();
		assertThat(snapshot.events().get(RouterSnapshot.OTHER_EVENTS).handlers()).isEmpty();
		assertThat(snapshot.handlers().get("all").account().offered()).isEqualTo(names);
		assertThat(this.router.eventSnapshot("made.n99999")).isNull();
	}

	@Test
	void whenHandlerNamesAnEventThenItIsTrackedBeyondTheLimit() {
		this.router = TelemetryRouter.builder().maxEventNames(1).build();
		this.router.emit("a", null);
		this.router.emit("b", null);
		assertThat(this.router.eventSnapshot("b")).isNull();
		this.router.subscribe("b", (event, payload) -> {
		});
		this.router.emit("b", null);
		assertThat(this.router.eventSnapshot("b").emitted()).isOne();
		assertThat(this.router.eventSnapshot(RouterSnapshot.OTHER_EVENTS).emitted()).isOne();
	}

	@Test
	void whenHandlersOfManyNamesLeaveThenTheirNamesAreForgotten() {
		this.router = TelemetryRouter.builder().maxEventNames(10).build();
		int names = 5_000;
		for (int i = 0; i < names; i++) {
			String name = "reply." + i;
			Subscription subscription = this.router.subscribe(name, (event, payload) -> {
			});
			if (i % 2 == 0) {
				this.router.emit(name, null);
			}
			subscription.close();
		}
		Map<String, EventSnapshot> events = this.router.snapshot().events();
		assertThat(events).hasSize(11);
		assertThat(events.values().stream().mapToLong(EventSnapshot::emitted).sum()).isEqualTo(names / 2);
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(retired.handled()).isEqualTo(names / 2);
		assertThat(retired.isBalanced()).isTrue();
	}

	@Test
	void whenNeverEmittedNameLosesItsLastHandlerThenItIsForgotten() {
		Subscription first = this.router.subscribe("x", (event, payload) -> {
		});
		Subscription second = this.router.subscribe("x", (event, payload) -> {
		});
		first.close();
		assertThat(this.router.snapshot().events()).containsKey("x");
		second.close();
		assertThat(this.router.snapshot().events()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenNameIsForgottenWhileThreadsEmitItThenEveryEmitIsCounted(boolean catchAll) throws Exception {
		this.router = TelemetryRouter.builder().maxEventNames(1).build();
		this.router.emit("first", null);
		if (catchAll) {
			this.router.subscribeAll((event, payload) -> {
			});
		}
		AtomicBoolean emitting = new AtomicBoolean(true);
		LongAdder emitted = new LongAdder();
		CountDownLatch started = new CountDownLatch(2);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			threads.add(new Thread(() -> {
				started.countDown();
				while (emitting.get()) {
					this.router.emit("x", null);
					emitted.increment();
				}
			}));
		}
		threads.forEach(Thread::start);
		assertThat(started.await(30, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 2000; i++) {
			this.router.subscribe("x", (event, payload) -> {
			}).close();
		}
		emitting.set(false);
		for (Thread thread : threads) {
			thread.join();
		}
		Map<String, EventSnapshot> events = this.router.snapshot().events();
		assertThat(events).containsOnlyKeys("first", RouterSnapshot.OTHER_EVENTS);
		assertThat(events.get(RouterSnapshot.OTHER_EVENTS).emitted()).isEqualTo(emitted.sum());
	}

	@Test
	void whenTenThousandHandlersAreRegisteredThenEachIsReachedAndLeaves() {
		int handlers = 10_000;
		LongAdder calls = new LongAdder();
		List<Subscription> subscriptions = new ArrayList<>();
		this.router = TelemetryRouter.builder().registrationWarningThreshold(handlers).build();
		for (int i = 0; i < handlers; i++) {
			subscriptions.add(this.router.subscribe((i % 2 == 0) ? "x" : "*", (event, payload) -> calls.increment()));
		}
		this.router.emit("x", null);
		this.router.emit("x", null);
		assertThat(calls.sum()).isEqualTo(2L * handlers);
		assertThat(this.router.eventSnapshot("x").handlers()).hasSize(handlers);
		subscriptions.forEach(Subscription::close);
		this.router.emit("x", null);
		assertThat(calls.sum()).isEqualTo(2L * handlers);
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.handlers()).isEmpty();
		assertThat(snapshot.retired().handled()).isEqualTo(2L * handlers);
	}

}
