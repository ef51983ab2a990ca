package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RouterListenerTests {

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().build();

	private final Recording listener = new Recording();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenHandlersComeAndGoThenListenerIsTold() {
		this.router.addListener(this.listener);
		Subscription subscription = subscribe("a", "x");
		subscribe("b", "x.*");
		subscription.close();
		assertThat(this.listener.calls).containsExactly("event+ x", "handler+ a", "handler+ b", "event- x",
				"handler- a");
	}

	@Test
	void whenListenerComesLateThenItIsToldWhatThereIs() {
		subscribe("a", "x");
		subscribe("b", "**").close();
		this.router.emit("y", 1);
		this.router.addListener(this.listener);
		assertThat(this.listener.calls).containsExactlyInAnyOrder("event+ x", "event+ y", "handler+ a");
	}

	@Test
	void whenEventIsFirstEmittedThenListenerIsToldOnce() {
		this.router.addListener(this.listener);
		for (int i = 0; i < 3; i++) {
			this.router.emit("dead", i);
		}
		assertThat(this.listener.calls).containsExactly("event+ dead");
	}

	@Test
	void whenNamesAreBeyondTheLimitThenTheyAreToldAsOneOther() {
		this.router = this.time.router().maxEventNames(1).build();
		this.router.addListener(this.listener);
		for (int i = 0; i < 5; i++) {
			this.router.emit("made." + i, i);
		}
		assertThat(this.listener.calls).containsExactly("event+ made.0", "event+ _other");
		Recording late = new Recording();
		this.router.addListener(late);
		assertThat(late.calls).containsExactlyInAnyOrder("event+ made.0", "event+ _other");
	}

	@Test
	void whenCountsOfAForgottenNameMoveToOtherThenListenerIsToldOfOther() {
		this.router = this.time.router().maxEventNames(1).build();
		this.router.addListener(this.listener);
		this.router.emit("first", 1);
		Subscription subscription = subscribe("a", "x");
		this.router.emit("x", 1);
		subscription.close();
		assertThat(this.router.eventSnapshot(RouterSnapshot.OTHER_EVENTS).emitted()).isOne();
		assertThat(this.listener.calls).contains("event- x", "event+ _other");
	}

	@Test
	void whenListenerIsRemovedWhileItIsToldOfAHandlerThenItsRecordersAreRemoved() {
		subscribe("a", "x");
		List<Long> recorded = new ArrayList<>();
		this.router.addListener(new RouterListener() {

			@Override
			public LongConsumer callRecorder(String handlerId, boolean failed) {
				if (!failed) {
					RouterListenerTests.this.router.removeListener(this);
				}
				return recorded::add;
			}

			@Override
			public LongConsumer eventAdded(String event) {
				return recorded::add;
			}

		});
		this.router.emit("x", 1);
		assertThat(recorded).isEmpty();
	}

	@Test
	void whenOnceHandlerLeavesThenListenerIsTold() {
		this.router.addListener(this.listener);
		this.router.subscribe(HandlerSpec.on("**").id("once").once().handler((event, payload) -> {
		}).build());
		this.router.emit("x", 1);
		Books.balanced(this.router);
		assertThat(this.listener.calls).contains("handler+ once", "handler- once");
	}

	@Test
	void whenHandlerWithoutIdLeavesByItselfThenOnlyItsRemovalIsAnnounced() {
		this.router.addListener(this.listener);
		this.router.subscribeOnce("**", (event, payload) -> {
		});
		this.router.subscribe(HandlerSpec.on("**").owner(this).handler((event, payload) -> {
		}).build());
		this.router.emit("x", 1);
		assertThat(this.router.snapshot().handlers()).hasSize(1);
		assertThat(this.listener.calls).containsExactly("event+ x", "handler- handler-1");
	}

	@Test
	void whenListenerWantsLatenciesThenEachDispatchIsGivenToIt() {
		List<String> latencies = new ArrayList<>();
		RouterListener recording = new RouterListener() {

			@Override
			public LongConsumer eventAdded(String event) {
				return (nanos) -> latencies.add(event + " " + nanos);
			}

		};
		this.router.subscribe("*", (event, payload) -> this.time.advance(Duration.ofNanos((int) payload)));
		this.router.addListener(recording);
		this.router.emit("x", 5);
		this.router.emit("y", 6);
		this.router.emit("x", 7);
		assertThat(latencies).containsExactly("x 5", "y 6", "x 7");
		this.router.removeListener(recording);
		this.router.emit("x", 8);
		assertThat(latencies).hasSize(3);
	}

	@Test
	void whenListenerWantsLatenciesOfNamesBeyondTheLimitThenItGetsThemUntilItIsRemoved() {
		this.router = this.time.router().maxEventNames(1).build();
		List<Long> latencies = new ArrayList<>();
		RouterListener recording = new RouterListener() {

			@Override
			public @Nullable LongConsumer eventAdded(String event) {
				return event.equals(RouterSnapshot.OTHER_EVENTS) ? latencies::add : null;
			}

		};
		this.router.addListener(recording);
		this.router.subscribe("**", (event, payload) -> this.time.advance(Duration.ofNanos((int) payload)));
		this.router.emit("first", 1);
		this.router.emit("second", 2);
		this.router.emit("third", 3);
		assertThat(latencies).containsExactly(2L, 3L);
		this.router.removeListener(recording);
		this.router.emit("fourth", 4);
		assertThat(latencies).hasSize(2);
	}

	@Test
	void whenListenerIsRemovedThenItIsToldNothingMore() {
		this.router.addListener(this.listener);
		this.router.removeListener(this.listener);
		subscribe("a", "x");
		assertThat(this.listener.calls).isEmpty();
	}

	@Test
	void whenListenerEmitsTheNameThatIsGoingThenItIsTrackedAgainAndCounted() {
		this.router.addListener(new RouterListener() {

			@Override
			public void eventRemoved(String event) {
				RouterListenerTests.this.router.emit("x", 1);
			}

		});
		this.router.addListener(this.listener);
		subscribe("a", "x").close();
		this.router.emit("x", 2);
		assertThat(this.router.eventSnapshot("x").emitted()).isEqualTo(2);
		assertThat(this.listener.calls).containsExactly("event+ x", "handler+ a", "event- x", "event+ x", "handler- a");
	}

	@Test
	void whenListenerIsNullThenCallerIsTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.addListener(null))
			.withMessage("'listener' must not be null");
		subscribe("a", "x");
	}

	private Subscription subscribe(String id, String pattern) {
		return this.router.subscribe(HandlerSpec.on(pattern).id(id).handler((event, payload) -> {
		}).build());
	}

	private static final class Recording implements RouterListener {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		@Override
		public void handlerAdded(HandlerSnapshot handler) {
			this.calls.add("handler+ " + handler.id());
		}

		@Override
		public void handlerRemoved(HandlerSnapshot handler) {
			this.calls.add("handler- " + handler.id());
		}

		@Override
		public LongConsumer eventAdded(String event) {
			this.calls.add("event+ " + event);
			return null;
		}

		@Override
		public void eventRemoved(String event) {
			this.calls.add("event- " + event);
		}

	}

}
