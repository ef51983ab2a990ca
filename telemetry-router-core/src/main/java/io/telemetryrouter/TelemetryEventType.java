package io.telemetryrouter;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares the event name of a payload class, so that {@link EventType#of(Class)} and
 * typed handlers need not repeat it.
 *
 * @since 0.1.0
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface TelemetryEventType {

	/**
	 * The event's name.
	 * @return the name
	 */
	String value();

	/**
	 * The version of the payload's shape: increase it with each change after which
	 * earlier payloads can no longer be read.
	 * @return the version, from 1
	 */
	int version() default 1;

	/**
	 * Whether a full queue drops other events rather than an event whose payload is of
	 * this class or a subtype, regardless of the event's name.
	 * {@link OverflowPolicy#BLOCK} treats all events alike.
	 * @return {@code true} for a critical event
	 */
	boolean critical() default false;

}
