package io.telemetryrouter;

import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events that only handlers of all events match.
 */
class DeadEventTests {

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenNoHandlerMatchesThenEventIsCountedUnderItsName() {
		this.router.subscribe("tool.*", (event, payload) -> {
		});
		this.router.emit("model.call", 1);
		this.router.emit("model.call", 2);
		this.router.emit("tool.run", 3);
		EventSnapshot dead = this.router.snapshot().events().get("model.call");
		assertThat(dead.emitted()).isEqualTo(2);
		assertThat(dead.unhandled()).isEqualTo(2);
		assertThat(dead.handlers()).isEmpty();
		assertThat(this.router.eventSnapshot("tool.run").unhandled()).isZero();
		assertThat(this.router.hasHandlers("model.call")).isFalse();
	}

	@Test
	void whenHandlerComesLaterThenOnlyEarlierEventsAreDead() {
		this.router.emit("x", 1);
		Subscription subscription = this.router.subscribe("x", (event, payload) -> {
		});
		this.router.emit("x", 2);
		assertThat(this.router.eventSnapshot("x").unhandled()).isOne();
		assertThat(this.router.hasHandlers("x")).isTrue();
		subscription.close();
		this.router.emit("x", 3);
		EventSnapshot event = this.router.eventSnapshot("x");
		assertThat(List.of(event.emitted(), event.unhandled())).containsExactly(3L, 2L);
	}

	@Test
	void whenConditionRejectsThenEventIsNotDead() {
		this.router.subscribe(HandlerSpec.on("x").condition((event) -> false).handler((event, payload) -> {
		}).build());
		this.router.emit("x", 1);
		assertThat(this.router.eventSnapshot("x").unhandled()).isZero();
	}

	@Test
	void whenOnlyHandlersOfAllEventsMatchThenEventIsDead() {
		this.router.subscribeAll((event, payload) -> {
		});
		this.router.emit("usge", 1);
		assertThat(this.router.eventSnapshot("usge").unhandled()).isOne();
		assertThat(this.router.eventSnapshot("usge").latency().count()).isOne();
		this.router.subscribe("*", (event, payload) -> {
		});
		this.router.emit("usge", 1);
		assertThat(this.router.eventSnapshot("usge").unhandled()).isOne();
	}

	@Test
	void whenHandlerTakesSuchPayloadsThenEventIsNotDead() {
		this.router.subscribe(HandlerSpec.onPayload(Integer.class).handler((event, payload) -> {
		}).build());
		this.router.emit("number", 1);
		this.router.emit("text", "1");
		assertThat(this.router.eventSnapshot("number").unhandled()).isZero();
		assertThat(this.router.eventSnapshot("text").unhandled()).isOne();
	}

	@Test
	void whenManyNamesAreDeadThenTheyAreCountedTogetherBeyondTheLimit() {
		this.router = TelemetryRouter.builder().maxEventNames(3).build();
		for (int i = 0; i < 1000; i++) {
			this.router.emit("dead." + i, i);
		}
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.events()).containsOnlyKeys("dead.0", "dead.1", "dead.2", RouterSnapshot.OTHER_EVENTS);
		assertThat(snapshot.events().get(RouterSnapshot.OTHER_EVENTS).unhandled()).isEqualTo(997);
		assertThat(snapshot.events().values().stream().mapToLong(EventSnapshot::unhandled).sum()).isEqualTo(1000);
	}

	@Test
	void whenEmittedWithEmitAsyncThenOutcomeIsEmptyAtOnce() {
		assertThat(this.router.emitAsync("x", 1)).isCompletedWithValue(new EmitOutcome(0, 0, 0, 0));
		assertThat(this.router.eventSnapshot("x").unhandled()).isOne();
	}

}
