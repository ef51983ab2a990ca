package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class TypedHandlerTests {

	private static final EventType<Number> COST = EventType.of("cost", Number.class);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<Number> received = new ArrayList<>();

	private CapturedLog log = new CapturedLog();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@Test
	void whenPayloadIsOfTheTypeOrASubclassThenItIsReceived() {
		subscribe(HandlerMode.SYNC);
		this.router.emit("cost", 1);
		this.router.emit("cost", 2.5);
		this.router.emit(COST, 3L);
		assertThat(this.received).containsExactly(1, 2.5, 3L);
		assertThat(account().handled()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void whenPayloadIsOfAnotherTypeThenItIsCountedAsMismatchAndNotAsFailure(HandlerMode mode) {
		subscribe(mode);
		this.router.emit("cost", "free");
		this.router.emit("cost", new Object());
		assertThat(this.received).isEmpty();
		assertThat(account().dropped()).containsEntry(DropReason.TYPE_MISMATCH, 2L);
		assertThat(account().failed()).isZero();
		assertThat(account().offered()).isEqualTo(2);
		assertThat(account().queued()).isZero();
		assertThat(account().isBalanced()).isTrue();
		assertThat(this.router.handlerSnapshot("typed").lastFailure()).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void whenPayloadIsNullThenTypedHandlerDoesNotReceiveIt(HandlerMode mode) {
		subscribe(mode);
		this.router.emit("cost", null);
		assertThat(account().dropped()).containsEntry(DropReason.TYPE_MISMATCH, 1L);
		assertThat(this.log.lines("'cost' has a payload of null")).hasSize(1);
	}

	@Test
	void whenPayloadIsNullThenHandlerOfAnyPayloadReceivesIt() {
		List<String> calls = new ArrayList<>();
		this.router.subscribe("cost", (event, payload) -> calls.add("payload " + payload));
		this.router
			.subscribe(HandlerSpec.on("cost").eventHandler((event) -> calls.add("event " + event.payload())).build());
		this.router.subscribe(
				HandlerSpec.onPayload(Object.class).handler((event, payload) -> calls.add("any " + payload)).build());
		this.router.emit("cost", null);
		assertThat(calls).containsExactly("payload null", "event null", "any null");
	}

	@Test
	void whenTypesMismatchThenItIsReportedAtALimitedRate() {
		subscribe(HandlerMode.SYNC);
		for (int i = 0; i < 100; i++) {
			this.router.emit("cost", "free");
		}
		assertThat(this.log.lines("Handler 'typed'")).singleElement()
			.isEqualTo("Handler 'typed' takes payloads of type java.lang.Number, "
					+ "but event 'cost' has a payload of java.lang.String and was not passed to it: "
					+ "emit the expected type, or declare a wider one");
	}

	@Test
	void whenTypesAreArraysThenTheirNamesAreThoseOfTheSource() {
		this.router.subscribe(HandlerSpec.on("cost").id("typed").payloadType(int[].class).handler((event, payload) -> {
		}).build());
		this.router.emit("cost", new String[0]);
		assertThat(this.log.lines("Handler 'typed'")).singleElement()
			.asString()
			.startsWith("Handler 'typed' takes payloads of type int[], "
					+ "but event 'cost' has a payload of java.lang.String[] and was");
	}

	@Test
	void whenOneHandlerMismatchesThenTheOthersReceive() {
		subscribe(HandlerMode.SYNC);
		List<Object> others = new ArrayList<>();
		this.router.subscribe(EventType.of("cost", String.class), (event, payload) -> others.add(payload));
		this.router.subscribe("cost", (event, payload) -> others.add(payload));
		this.router.emit("cost", "free");
		assertThat(others).containsExactly("free", "free");
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenMismatchIsFollowedWithEmitAsyncThenOutcomeCountsItDropped() throws Exception {
		subscribe(HandlerMode.ASYNC);
		subscribeSync();
		EmitOutcome outcome = this.router.emitAsync("cost", "free").get(30, TimeUnit.SECONDS);
		assertThat(outcome).isEqualTo(new EmitOutcome(0, 0, 0, 2));
	}

	@Test
	void whenMismatchedOnceHandlerThenItWaitsForAFittingEvent() {
		this.router.subscribe(
				HandlerSpec.on(COST).id("once").once().handler((event, payload) -> this.received.add(payload)).build());
		this.router.emit("cost", "free");
		this.router.emit("cost", 1);
		this.router.emit("cost", 2);
		assertThat(this.received).containsExactly(1);
	}

	@Test
	void whenHandlerSelectsByPayloadThenOtherPayloadsAreFilteredWithoutAReport() {
		this.router.subscribe(HandlerSpec.onPayload(Number.class)
			.id("numbers")
			.handler((event, payload) -> this.received.add(payload))
			.build());
		this.router.emit("a", 1);
		this.router.emit("b.c", "text");
		this.router.emit("d", 2.5);
		this.router.emit("e", null);
		assertThat(this.received).containsExactly(1, 2.5);
		HandlerAccount account = this.router.handlerSnapshot("numbers").account();
		assertThat(account.filtered()).isEqualTo(2);
		assertThat(account.droppedTotal()).isZero();
		assertThat(account.isBalanced()).isTrue();
		assertThat(this.log.lines("Handler 'numbers'")).isEmpty();
	}

	@Test
	void whenAsynchronousHandlerSelectsByPayloadThenOtherPayloadsTakeNoRoomInItsQueue() {
		this.router
			.subscribe(HandlerSpec.onPayload(Map.class).id("maps").async().maxQueue(1).handler((event, payload) -> {
			}).build());
		for (int i = 0; i < 10; i++) {
			this.router.emit("x", i);
		}
		assertThat(this.router.handlerSnapshot("maps").account().filtered()).isEqualTo(10);
		this.router.emit("x", Map.of());
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.router.handlerSnapshot("maps").account().handled() == 1);
	}

	@Test
	void whenTypedHandlerThrowsClassCastExceptionItselfThenThatIsAFailure() {
		this.router.subscribe(HandlerSpec.on("cost").id("own").handler((event, payload) -> {
			throw new ClassCastException("my own");
		}).build());
		this.router.emit("cost", "free");
		assertThat(this.router.handlerSnapshot("own").account().failed()).isOne();
		assertThat(this.router.handlerSnapshot("own").account().droppedTotal()).isZero();
	}

	@Test
	void whenTypeIsNarrowedThenConditionSeesOnlyPayloadsOfIt() {
		this.router.subscribe(HandlerSpec.on("cost.*")
			.payloadType(Integer.class)
			.id("big")
			.condition((event) -> event.payload() > 10)
			.eventHandler((event) -> this.received.add(event.payload()))
			.build());
		this.router.emit("cost.a", 5);
		this.router.emit("cost.b", "text");
		this.router.emit("cost.c", 50);
		assertThat(this.received).containsExactly(50);
		HandlerAccount account = this.router.handlerSnapshot("big").account();
		assertThat(account.filtered()).isOne();
		assertThat(account.dropped()).containsEntry(DropReason.TYPE_MISMATCH, 1L);
		assertThat(account.failed()).isZero();
	}

	@Test
	void whenPayloadTypeIsPrimitiveThenSpecIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> HandlerSpec.onPayload(long.class))
			.withMessage("'payloadType' must not be primitive, but is long: payloads are objects, use java.lang.Long");
		assertThatIllegalArgumentException().isThrownBy(() -> HandlerSpec.on("x").payloadType(boolean.class));
	}

	private void subscribe(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on(COST)
			.id("typed")
			.mode(mode)
			.handler((event, payload) -> this.received.add(payload))
			.build());
	}

	private void subscribeSync() {
		this.router.subscribe(COST, (event, payload) -> this.received.add(payload));
	}

	private HandlerAccount account() {
		return this.router.handlerSnapshot("typed").account();
	}

}
