package io.telemetryrouter;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives a payload class the name of its event, so that {@link EventType#of(Class)} and
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
	 * The version of the payload's shape: raise it with a change after which payloads of
	 * before can no longer be read.
	 * @return the version, from 1
	 */
	int version() default 1;

	/**
	 * Whether a full queue drops other events rather than one with such a payload, or
	 * with one of a subtype, under whatever name. Under {@link OverflowPolicy#BLOCK} all
	 * events are alike.
	 * @return {@code true} for a critical event
	 */
	boolean critical() default false;

}
