package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Changes the options of handlers when they are subscribed, so that configuration takes
 * precedence over code.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HandlerSpecCustomizer {

	/**
	 * Called before a handler is registered.
	 * @param spec the handler
	 * @return the handler to register, or {@code null} to leave it out; its subscription
	 * is then inactive from the start
	 */
	@Nullable HandlerSpec<?> customize(HandlerSpec<?> spec);

}
