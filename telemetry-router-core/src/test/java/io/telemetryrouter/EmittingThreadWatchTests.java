package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * User code that blocks an emitter is reported with its stack, in handlers and elsewhere.
 */
class EmittingThreadWatchTests extends WatchedRouter {

	private boolean hangUp() {
		this.hanging.countDown();
		Books.pass(this.hang);
		return true;
	}

	private void subscribeLane(String id) {
		this.router.subscribe(HandlerSpec.on("x").id(id).async().handler((event, payload) -> {
		}).build());
	}

	private void emitAndHang() {
		new Thread(() -> this.router.emit("x", "secret"), "the emitter").start();
		Books.pass(this.hanging);
	}

	private void assertReported(String subject) {
		Books.eventually(() -> {
			this.time.advance(THRESHOLD);
			return !this.log.lines(subject + " has been busy").isEmpty();
		});
		assertThat(this.log.lines(subject + " has been busy")).singleElement()
			.asString()
			.contains("with event 'x'", "on thread '", "hangUp")
			.doesNotContain("secret");
		this.hang.countDown();
		Books.eventually(() -> !this.log.lines(subject + " has returned").isEmpty());
		this.router.start();
		Books.balanced(this.router);
	}

	@ParameterizedTest
	@EnumSource
	void whenConditionHangsThenItIsReportedAndItsHandlerIsStuck(HandlerMode mode) {
		String id = "hangs in " + mode;
		this.router.subscribe(HandlerSpec.on("x").id(id).mode(mode).condition((event) -> hangUp()).handler((e, p) -> {
		}).build());
		emitAndHang();
		Books.eventually(() -> {
			this.time.advance(THRESHOLD);
			return this.router.handlerSnapshot(id).status() == HandlerStatus.STUCK;
		});
		HandlerAccount account = this.router.handlerSnapshot(id).account();
		assertThat(account.running()).isOne();
		assertThat(account.isBalanced()).isTrue();
		assertReported("Condition of handler '" + id + "'");
		assertThat(this.router.handlerSnapshot(id).status()).isEqualTo(HandlerStatus.ACTIVE);
		assertThat(this.log.lines("Handler '" + id)).isEmpty();
	}

	@Test
	void whenContextCarrierHangsOnTheEmitterThenItIsReported() {
		use(this.time.router().contextCarrier(new Carrier("capture")).stuckThreshold(THRESHOLD));
		subscribeLane("any");
		emitAndHang();
		assertReported("Context carrier");
	}

	@Test
	void whenContextCarrierHangsForAHeldEventThenItIsReported() {
		use(this.time.router().contextCarrier(new Carrier("capture")).holdEvents(10).stuckThreshold(THRESHOLD));
		subscribeLane("any");
		emitAndHang();
		assertReported("Context carrier");
	}

	@Test
	void whenContextCarrierHangsOnALaneThenItIsReportedWithItsHandler() {
		use(this.time.router().contextCarrier(new Carrier("restore")).stuckThreshold(THRESHOLD));
		subscribeLane("carried");
		emitAndHang();
		assertReported("Context carrier of handler 'carried'");
	}

	@Test
	void whenHandlerHangsInARestoredContextThenTheHandlerIsReported() {
		use(this.time.router().contextCarrier(new Carrier(null)).stuckThreshold(THRESHOLD));
		this.router.subscribe(HandlerSpec.on("x").id("restored").async().handler((event, payload) -> hangUp()).build());
		emitAndHang();
		assertReported("Handler 'restored'");
	}

	@Test
	void whenFilterOfAnAwaitedEventHangsThenItIsReported() {
		subscribeLane("any");
		this.router.next("x", (event) -> hangUp(), Duration.ofDays(1));
		emitAndHang();
		assertReported("Filter of an awaited event");
	}

	@Test
	void whenPayloadCheckHangsThenItIsReported() {
		use(this.time.router().stuckThreshold(THRESHOLD).payloadCheck("x", (payload) -> hangUp() ? null : ""));
		subscribeLane("any");
		emitAndHang();
		assertReported("Payload check");
	}

	@Test
	void whenHandlerHangsAfterACheckOfItsEventThenOnlyTheHandlerIsReported() {
		use(this.time.router().stuckThreshold(THRESHOLD).payloadCheck("checked", (payload) -> null));
		this.router.subscribe(HandlerSpec.on("x").id("emits").handler((event, payload) -> {
			// Nobody handles it.
			this.router.emit("checked", payload);
			hangUp();
		}).build());
		emitAndHang();
		untilStuck("emits");
		assertReported("Handler 'emits'");
		assertThat(this.log.lines("has been busy")).hasSize(1);
	}

	@Test
	void whenListenerHangsAtTheFirstEventOfANameThenItIsReported() {
		this.router.addListener(new RouterListener() {
			@Override
			public @Nullable LongConsumer eventAdded(String event) {
				hangUp();
				return null;
			}
		});
		this.router.subscribe("*", (event, payload) -> {
		});
		emitAndHang();
		assertReported("Router listener");
	}

	@Test
	void whenRecorderOfDispatchesHangsThenItIsReported() {
		this.router.addListener(new RouterListener() {
			@Override
			public LongConsumer eventAdded(String event) {
				return (nanos) -> hangUp();
			}
		});
		subscribeLane("any");
		emitAndHang();
		assertReported("Latency recorder");
	}

	@ParameterizedTest
	@EnumSource
	void whenRecorderOfCallsHangsThenItIsReportedWithItsHandler(HandlerMode mode) {
		this.router.addListener(new RouterListener() {
			@Override
			public LongConsumer callRecorder(String handlerId, boolean failed) {
				return (nanos) -> hangUp();
			}
		});
		this.router.subscribe(HandlerSpec.on("x").id("recorded").mode(mode).handler((event, payload) -> {
		}).build());
		emitAndHang();
		assertReported("Latency recorder of handler 'recorded'");
	}

	@Test
	void whenRecorderOfWaitsHangsThenItIsReportedWithItsHandler() {
		this.router.addListener(new RouterListener() {
			@Override
			public LongConsumer waitRecorder(String handlerId) {
				return (nanos) -> hangUp();
			}
		});
		subscribeLane("recorded");
		emitAndHang();
		assertReported("Latency recorder of handler 'recorded'");
	}

	@Test
	void whenLaneExecutorHangsThenItIsReported() {
		use(this.time.router().stuckThreshold(THRESHOLD).laneExecutor((task) -> {
			hangUp();
			new Thread(task).start();
		}));
		subscribeLane("any");
		emitAndHang();
		assertReported("Lane executor");
	}

	@Test
	void whenCheckOfTheEmittingThreadHangsThenItIsReported() {
		use(this.time.router().stuckThreshold(THRESHOLD).blockingAllowed(this::hangUp));
		fillLane(OverflowPolicy.BLOCK);
		emitAndHang();
		assertReported("Check of the emitting thread");
	}

	@Test
	void whenChoiceOfCriticalEventsHangsThenItIsReported() {
		use(this.time.router().stuckThreshold(THRESHOLD).criticalEvents((name) -> hangUp()));
		fillLane(OverflowPolicy.DROP_NEWEST);
		emitAndHang();
		assertReported("Choice of critical events");
	}

	/** The next event finds the queue full until the test ends. */
	private void fillLane(OverflowPolicy policy) {
		CountDownLatch busy = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("x").id("full").async().maxQueue(1).overflow(policy).handler((e, p) -> {
			busy.countDown();
			Books.pass(this.hang);
		}).build());
		this.router.emit("x", 1);
		Books.pass(busy);
		this.router.emit("x", 2);
	}

	@Test
	void whenEmitterWaitsForRoomAfterAConditionThenTheConditionIsNotReported() {
		use(this.time.router().stuckThreshold(THRESHOLD).blockTimeout(Duration.ofDays(1)));
		this.router
			.subscribe(HandlerSpec.on("x").id("picky").async().condition((event) -> false).handler((event, payload) -> {
			}).build());
		this.router.subscribe(HandlerSpec.on("x")
			.id("full")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((event, payload) -> hangUp())
			.build());
		Thread emitter = new Thread(() -> {
			for (int i = 0; i < 3; i++) {
				this.router.emit("x", i);
			}
		});
		emitter.start();
		Books.eventually(() -> emitter.getState() == Thread.State.TIMED_WAITING);
		// The watchdog sees them later than the emitter.
		for (String id : List.of("later", "last")) {
			this.router.subscribe(HandlerSpec.on(id).id(id).async().handler((event, payload) -> hangUp()).build());
			this.router.emit(id, null);
			untilStuck(id);
		}
		assertThat(this.router.handlerSnapshot("picky").stuckCalls()).isEmpty();
	}

	/**
	 * Hangs in one of its steps, if any.
	 */
	private final class Carrier implements ContextCarrier {

		private final @Nullable String hanging;

		Carrier(@Nullable String hanging) {
			this.hanging = hanging;
		}

		@Override
		public Object capture() {
			return "capture".equals(this.hanging) ? hangUp() : "context";
		}

		@Override
		public Scope restore(Object context) {
			if ("restore".equals(this.hanging)) {
				hangUp();
			}
			return () -> {
			};
		}

	}

}
