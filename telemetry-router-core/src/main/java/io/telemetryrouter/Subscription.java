package io.telemetryrouter;

/**
 * Ends a handler's registration.
 *
 * @since 0.1.0
 */
public interface Subscription extends AutoCloseable {

	/**
	 * {@return the handler's id, given or generated}
	 */
	String handlerId();

	/**
	 * {@return whether the handler is registered} Returns {@code false} for a once
	 * handler that received its event, a handler whose owner was garbage-collected and a
	 * handler that is disabled by configuration.
	 */
	boolean isActive();

	/**
	 * Ends the registration. After it returns no new event reaches the handler; events
	 * still in its queue are discarded and counted {@link DropReason#UNSUBSCRIBED}. A
	 * call of the handler that has begun may still be running. Idempotent, never throws.
	 */
	@Override
	void close();

}
