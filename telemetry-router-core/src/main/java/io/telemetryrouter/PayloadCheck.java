package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Checks the payloads of one event where they are emitted. Called on the emitting thread,
 * by several threads at once, before the event is routed; it must not emit that event.
 * What it throws, but for {@link PayloadViolationException}, is logged and the event is
 * routed.
 *
 * @since 0.1.0
 * @see TelemetryRouterBuilder#payloadCheck(String, PayloadCheck)
 */
@FunctionalInterface
public interface PayloadCheck {

	/**
	 * Checks a payload.
	 * @param payload the payload
	 * @return what is wrong with it, for the log, so without anything of the payload;
	 * {@code null} if it is right. The event is routed in any case
	 * @throws PayloadViolationException to give to the emitter; the event is not routed
	 */
	@Nullable String check(@Nullable Object payload);

}
