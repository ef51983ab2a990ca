package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TelemetryRouter#replay}.
 */
class ReplayTests {

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<String> calls = new ArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	private void subscribe(String id, String pattern, int priority, boolean replay) {
		this.router.subscribe(HandlerSpec.on(pattern)
			.id(id)
			.priority(priority)
			.replay(replay)
			.handler((event, payload) -> this.calls.add(id + ":" + payload))
			.build());
	}

	@Test
	void whenEventIsReplayedThenOnlyHandlersThatOptedInReceiveItInOrder() {
		subscribe("last", "a", 5, true);
		subscribe("other", "**", 0, false);
		subscribe("pattern", "**", 0, true);
		subscribe("exact", "a", 0, true);
		assertThat(this.router.replay(new Recorded("a", 1))).isEqualTo(3);
		assertThat(this.calls).containsExactly("exact:1", "pattern:1", "last:1");
		assertThat(this.router.replay(new Recorded("b", 2))).isEqualTo(1);
		this.router.emit("a", 3);
		assertThat(this.calls).endsWith("exact:3", "other:3", "pattern:3", "last:3");
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(snapshot.handlers().get("other").account().offered()).isEqualTo(1);
		assertThat(snapshot.handlers().get("pattern").account().handled()).isEqualTo(3);
	}

	@Test
	void whenHandlersComeAndGoBetweenReplaysThenEachIsForThoseThatAreThere() {
		subscribe("stays", "a", 0, true);
		assertThat(this.router.replay(new Recorded("a", 1))).isEqualTo(1);
		Subscription guest = this.router.subscribe(typed("guest", "*", String.class, this.calls));
		assertThat(this.router.replay(new Recorded("a", "2"))).isEqualTo(2);
		guest.close();
		assertThat(this.router.replay(new Recorded("a", 3))).isEqualTo(1);
		for (int i = 0; i < 2500; i++) {
			assertThat(this.router.replay(new Recorded("name" + i, 1))).isZero();
		}
		assertThat(this.router.replay(new Recorded("a", 4))).isEqualTo(1);
		assertThat(this.calls).containsExactlyInAnyOrder("stays:1", "stays:2", "2 as String", "stays:3", "stays:4");
		Books.balanced(this.router);
	}

	@Test
	void whenSpecificationIsChangedThenItStaysOptedIn() {
		HandlerSpec<Object> spec = HandlerSpec.on("a").handler((event, payload) -> {
		}).build();
		assertThat(spec.replay()).isFalse();
		assertThat(spec.mutate().replay(true).build().mutate().build().replay()).isTrue();
		assertThat(HandlerSpec.on("a").replay(true).payloadType(String.class).handler((event, payload) -> {
		}).build().replay()).isTrue();
	}

	@Test
	void whenLanesAndOthersAskForDifferentClassesThenTheOrderIsThatOfAnEmit() {
		List<Object> seen = new ArrayList<>();
		subscribe("first", "a", 1, true);
		this.router.subscribe(typed("second", "a", String.class, this.calls).mutate().priority(2).build());
		subscribe("third", "a", 3, true);
		this.router.subscribe(typed("lane", "a", String.class, seen).mutate().async().priority(4).build());
		assertThat(this.router.replay(new Recorded("a", "x"))).isEqualTo(4);
		Books.balanced(this.router);
		assertThat(this.calls).containsExactly("first:x", "x as String", "third:x");
		assertThat(seen).containsExactly("x as String");
	}

	@Test
	void whenLaneAsksForAnotherClassThenItHasTheEventBeforeSynchronousHandlersRun() {
		List<Long> offered = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("a")
			.replay(true)
			.handler((event, payload) -> offered.add(Books.of(this.router, "lane").offered()))
			.build());
		this.router.subscribe(typed("lane", "a", String.class, new ArrayList<>()).mutate().async().build());
		this.router.replay(new Recorded("a", "x"));
		assertThat(offered).containsExactly(1L);
	}

	@Test
	void whenEventIsReplayedThenItIsNoEmit() {
		subscribe("replayed", "a", 0, true);
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("a", (event) -> true, Books.LIMIT);
		this.router.replay(new Recorded("a", 1));
		assertThat(next).isNotDone();
		assertThat(this.router.snapshot().events().get("a").emitted()).isZero();
		this.router.emit("a", 2);
		assertThat(this.router.snapshot().events().get("a").emitted()).isEqualTo(1);
		assertThat(this.router.replay(new Recorded("nobody", 1))).isZero();
		assertThat(this.router.snapshot().events()).doesNotContainKey("nobody");
	}

	@Test
	void whenEventIsReplayedThenItsEnvelopeIsTheRecordedOne() {
		List<TelemetryEvent<Object>> events = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("a").replay(true).eventHandler((event) -> {
			events.add(event);
			this.router.emit("b", null);
		}).build());
		List<TelemetryEvent<Object>> caused = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("b").eventHandler(caused::add).build());
		Recorded recorded = new Recorded("a", 7);
		this.router.replay(recorded);
		assertThat(RunContext.current()).isNull();
		assertThat(events).singleElement().satisfies((event) -> {
			assertThat(event.replayed()).isTrue();
			assertThat(event.id()).isEqualTo(recorded.id());
			assertThat(event.timestamp()).isEqualTo(recorded.timestamp());
			assertThat(event.sequence()).isEqualTo(recorded.sequence());
			assertThat(event.runId()).isEqualTo("run-1");
			assertThat(event.causationId()).isEqualTo(recorded.causationId());
			assertThat(event.payload()).isEqualTo(7);
		});
		assertThat(caused).singleElement().satisfies((event) -> {
			assertThat(event.replayed()).isFalse();
			assertThat(event.causationId()).isEqualTo(recorded.id());
			assertThat(event.runId()).isEqualTo("run-1");
		});
	}

	@Test
	void whenHandlerAsksForAClassThenItGetsItAndOthersAreCounted() {
		List<Object> texts = new ArrayList<>();
		this.router.subscribe(typed("text", "a", String.class, texts));
		this.router.subscribe(typed("unreadable", "a", Map.class, texts));
		this.router.subscribe(typed("wrong", "a", Integer.class, texts));
		this.router.subscribe(HandlerSpec.onPayload(Thread.class)
			.id("selected")
			.replay(true)
			.handler((event, payload) -> texts.add(payload))
			.build());
		subscribe("any", "a", 0, true);
		try (CapturedLog log = new CapturedLog()) {
			this.router.replay(new Recorded("a", "x"));
			assertThat(log.lines("cannot be read")).singleElement().asString().contains("Handler 'unreadable'");
		}
		assertThat(texts).containsExactly("x as String");
		assertThat(this.calls).containsExactly("any:x");
		Books.balanced(this.router);
		assertThat(Books.dropped(Books.of(this.router, "unreadable"), DropReason.TYPE_MISMATCH)).isEqualTo(1);
		assertThat(Books.dropped(Books.of(this.router, "wrong"), DropReason.TYPE_MISMATCH)).isEqualTo(1);
		assertThat(Books.of(this.router, "selected").filtered()).isEqualTo(1);
	}

	private static <T> HandlerSpec<T> typed(String id, String event, Class<T> type, List<? super String> seen) {
		return HandlerSpec.on(event)
			.payloadType(type)
			.id(id)
			.replay(true)
			.handler((name, payload) -> seen.add(String.valueOf(payload)))
			.build();
	}

	@Test
	void whenHandlersHaveConditionsLimitsAndFailuresThenTheyAreCountedAsForAnEmit() {
		this.router.subscribe(HandlerSpec.on("a")
			.id("odd")
			.replay(true)
			.condition((event) -> ((Integer) event.payload()) % 2 == 1)
			.handler((event, payload) -> {
				throw new IllegalStateException();
			})
			.build());
		this.router.subscribe(HandlerSpec.on("a").id("run").run("run-2").replay(true).handler((event, payload) -> {
		}).build());
		for (int i = 0; i < 4; i++) {
			this.router.replay(new Recorded("a", i));
		}
		Books.balanced(this.router);
		assertThat(Books.of(this.router, "odd").failed()).isEqualTo(2);
		assertThat(Books.of(this.router, "odd").filtered()).isEqualTo(2);
		assertThat(Books.of(this.router, "run").filtered()).isEqualTo(4);
	}

	@Test
	void whenQueueIsFullThenTheReplayWaitsAndNothingIsDropped() {
		List<Object> handled = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("a")
			.id("slow")
			.async()
			.maxQueue(2)
			.replay(true)
			.handler((event, payload) -> handled.add(payload))
			.build());
		for (int i = 0; i < 500; i++) {
			this.router.replay(new Recorded("a", i));
		}
		Books.balanced(this.router);
		assertThat(handled).hasSize(500).isSortedAccordingTo((a, b) -> (Integer) a - (Integer) b);
	}

	@Test
	void whenHandlerIsPausedOrThreadIsInterruptedThenReplayDoesNotWait() {
		this.router.subscribe(HandlerSpec.on("a").id("paused").async().maxQueue(1).replay(true).handler((e, p) -> {
		}).build());
		this.router.pause("paused");
		this.router.replay(new Recorded("a", 1));
		this.router.replay(new Recorded("a", 2));
		assertThat(Books.dropped(Books.of(this.router, "paused"), DropReason.QUEUE_FULL)).isEqualTo(1);
		this.router.resume("paused");
		CountDownLatch release = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("b").id("stuck").async().maxQueue(1).replay(true).handler((e, p) -> {
			Books.pass(release);
		}).build());
		this.router.replay(new Recorded("b", 1));
		Books.eventually(() -> Books.of(this.router, "stuck").running() == 1);
		this.router.replay(new Recorded("b", 2));
		Thread.currentThread().interrupt();
		this.router.replay(new Recorded("b", 3));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(Books.dropped(Books.of(this.router, "stuck"), DropReason.QUEUE_FULL)).isEqualTo(1);
		release.countDown();
	}

	@Test
	void whenRouterIsClosedOrEventHasNoNameThenNothingIsHandled() {
		subscribe("replayed", "a", 0, true);
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.replay(new Recorded(" ", 1)));
		this.router.close();
		this.router.replay(new Recorded("a", 1));
		assertThat(this.calls).isEmpty();
		assertThat(Books.dropped(Books.of(this.router, "replayed"), DropReason.CLOSED)).isEqualTo(1);
		assertThat(this.router.flush(Duration.ZERO).complete()).isTrue();
	}

	/** Returns numbers unchanged, and texts with the requested class. */
	private record Recorded(String name, Object value) implements RecordedEvent {

		private static final UUID ID = UUID.randomUUID();

		private static final UUID CAUSE = UUID.randomUUID();

		@Override
		public long sequence() {
			return 1_000_000;
		}

		@Override
		public Instant timestamp() {
			return Instant.EPOCH;
		}

		@Override
		public UUID id() {
			return ID;
		}

		@Override
		public String runId() {
			return "run-1";
		}

		@Override
		public UUID causationId() {
			return CAUSE;
		}

		@Override
		public @Nullable Object payload(Class<?> type) {
			if (type == Map.class) {
				throw new IllegalStateException("not recorded");
			}
			return (type == String.class) ? this.value + " as " + type.getSimpleName() : this.value;
		}

	}

}
