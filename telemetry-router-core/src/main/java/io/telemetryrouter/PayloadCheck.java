package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Checks the payloads of one event name at each emit. Called on the emitting thread, by
 * several threads concurrently, before the event is routed. If it emits events, directly
 * or through handlers, those of the same name are not checked. Any exception other than
 * {@link PayloadViolationException} is logged, and the event is routed.
 *
 * @since 0.1.0
 * @see TelemetryRouterBuilder#payloadCheck(String, PayloadCheck)
 */
@FunctionalInterface
public interface PayloadCheck {

	/**
	 * Checks a payload.
	 * @param payload the payload
	 * @return a description of the violation for the log, without any part of the
	 * payload; {@code null} if the payload is valid. The event is routed in both cases
	 * @throws PayloadViolationException to reject the payload: the exception propagates
	 * to the emitter and the event is not routed
	 */
	@Nullable String check(@Nullable Object payload);

}
