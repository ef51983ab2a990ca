package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RouterEmitter}.
 */
class RouterEmitterTests {

	@Test
	void whenEventsAreEmittedThenRouterRoutesThem() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			List<Object> received = new ArrayList<>();
			router.subscribe("x", (event, payload) -> received.add(payload));
			TelemetryEmitter emitter = new RouterEmitter(router);
			emitter.emit("x", 1);
			emitter.emit(EventType.of("x", Integer.class), 2);
			assertThat(emitter.emitAsync("x", 3)).isCompletedWithValueMatching((outcome) -> outcome.handled() == 1);
			assertThat(received).containsExactly(1, 2, 3);
			assertThat(emitter.hasHandlers("x")).isTrue();
			assertThat(emitter.hasHandlers("y")).isFalse();
		}
	}

}
