package io.telemetryrouter.spring.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

import io.telemetryrouter.LaneThread;
import io.telemetryrouter.OverflowPolicy;

/**
 * Declares a bean method as a handler of telemetry events.
 * <p>
 * The method takes one of {@code ()}, {@code (Payload)}, {@code (String event, Payload)}
 * and {@code (TelemetryEvent<Payload>)}; a single {@code String} is a payload, not the
 * event's name. Payloads of another type do not reach the method. It returns
 * {@code void}, a {@code CompletionStage} or a {@code Publisher}. With the latter two it
 * is asynchronous, and receives the next event after the result has completed. Other
 * signatures fail the start of the application. Spring's {@code @Async} does too, since
 * calls on another executor are not counted, ordered or bounded by the router. The method
 * may have any visibility, as long as a class-based proxy of its bean can override it.
 * The annotation may be used as a meta-annotation.
 * <p>
 * {@code events}, {@code id}, {@code handlerTimeout}, {@code slowThreshold} and
 * {@code condition} may contain <code>${...}</code> placeholders. The configuration under
 * {@code telemetry-router.handlers.<id>} overrides the handler's priority, queue and
 * times, and can disable it.
 * <p>
 * A lazy bean is created by its first event. A scoped or prototype bean is looked up for
 * every event. A handler is removed when its bean is destroyed. Handlers of one bean with
 * the same priority are registered in the order of their methods' names; set a priority
 * if the order matters.
 *
 * @since 0.1.0
 */
@Target({ ElementType.METHOD, ElementType.ANNOTATION_TYPE })
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective
public @interface TelemetryListener {

	/**
	 * Alias for {@link #events()}.
	 * @return names or patterns
	 */
	@AliasFor("events")
	String[] value() default {};

	/**
	 * The event names or patterns to listen to. By default, a method with a typed payload
	 * listens to the name in the {@code @TelemetryEventType} of that type, else to every
	 * event with such a payload. Any other method listens to every event.
	 * @return names or patterns
	 */
	@AliasFor("value")
	String[] events() default {};

	/**
	 * The handler's id in the configuration, the endpoint and meters. By default the
	 * bean's name and the method's name, as in {@code costTracker.onModelResponse}.
	 * @return the id
	 */
	String id() default "";

	/**
	 * The priority; lower values run first. At most one value. Spring's {@code @Order} on
	 * the method is an alternative; the two must not differ.
	 * @return the priority; empty for the default of the event or the router
	 */
	int[] priority() default {};

	/**
	 * Whether the method runs on a lane of its own instead of the emitting thread.
	 * @return whether it is asynchronous
	 */
	boolean async() default false;

	/**
	 * Whether the method receives one event only. An event that is dropped because the
	 * queue of an asynchronous method is full counts as this event.
	 * @return whether the handler is removed after one event
	 */
	boolean once() default false;

	/**
	 * The capacity of an asynchronous method's queue.
	 * @return the capacity in events; 0 for the router's default
	 */
	int maxQueue() default 0;

	/**
	 * The overflow policy of an asynchronous method, for events that arrive when its
	 * queue is full. At most one value.
	 * @return the policy; empty for the router's default
	 */
	OverflowPolicy[] overflow() default {};

	/**
	 * Whether a method with overflow policy {@code SPILL} resumes from the journal after
	 * a restart, with at-least-once delivery.
	 * @return whether it is durable
	 */
	boolean durable() default false;

	/**
	 * The maximum number of concurrent calls of an asynchronous method. Above 1, events
	 * are not handled in order.
	 * @return the maximum number of calls
	 */
	int concurrency() default 1;

	/**
	 * Whether an asynchronous method that takes any payload receives a
	 * {@link io.telemetryrouter.TelemetryGap} for events that were dropped.
	 * @return whether it receives gaps
	 */
	boolean gaps() default false;

	/**
	 * The time after which a call of an asynchronous method is interrupted and given up,
	 * as in {@code 5s} or {@code PT5S}; {@code 0} for no limit.
	 * @return a duration; empty for the router's default
	 */
	String handlerTimeout() default "";

	/**
	 * The duration above which a call is reported as slow, as in {@code 50ms}.
	 * @return a duration; empty for no threshold
	 */
	String slowThreshold() default "";

	/**
	 * The kind of thread that runs an asynchronous method: {@link LaneThread#PLATFORM}
	 * for a method that computes for long, if lanes use virtual threads.
	 * @return the kind of thread
	 */
	LaneThread thread() default LaneThread.DEFAULT;

	/**
	 * Whether the method also receives replayed events.
	 * @return whether it receives them
	 * @see io.telemetryrouter.TelemetryEvent#replayed()
	 */
	boolean replay() default false;

	/**
	 * A SpEL expression that selects the events to handle; its root object is the
	 * {@code TelemetryEvent}, as in {@code payload.cost > 1}. Parsed at start-up. A
	 * property of {@code null} and an absent key of a map read as {@code null}, which is
	 * less than any value: {@code payload.cost > 1} is then {@code false}. A condition
	 * whose value is {@code null} rejects the event; one that throws drops it, counted as
	 * {@code condition_failed}.
	 * @return the condition; empty for none
	 */
	String condition() default "";

}
