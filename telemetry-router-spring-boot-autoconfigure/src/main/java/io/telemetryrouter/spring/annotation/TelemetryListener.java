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
 * Makes a bean method a handler of telemetry events.
 * <p>
 * The method takes one of {@code ()}, {@code (Payload)}, {@code (String event, Payload)}
 * and {@code (TelemetryEvent<Payload>)}; a single {@code String} is a payload, not the
 * event's name. Payloads of another type do not reach it. It returns {@code void}, or a
 * {@code CompletionStage} or a {@code Publisher}: then it is asynchronous, and handles
 * the next event when that has completed. Anything else fails the start of the
 * application, and so does Spring's {@code @Async}, which would take the method out of
 * the router's sight. The method may have any visibility, as long as a proxy of its bean
 * can pass it on. The annotation may be used as a meta-annotation.
 * <p>
 * {@code events}, {@code id}, {@code handlerTimeout}, {@code slowThreshold} and
 * {@code condition} may contain <code>${...}</code> placeholders. The configuration under
 * {@code telemetry-router.handlers.<id>} has the last word on the handler's priority,
 * queue and times, and on whether it is registered at all.
 * <p>
 * A lazy bean is created by its first event; a bean of a scope, or a prototype, is looked
 * up for every event. Handlers leave when their bean is destroyed. Of handlers that are
 * equal in priority, those of one bean are registered in the order of their methods'
 * names: give a priority where order matters.
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
	 * The event names or patterns to listen to. Without any, a method with a typed
	 * payload listens to the name its type declares with {@code @TelemetryEventType}, or
	 * else to every event with such a payload; any other method listens to every event.
	 * @return names or patterns
	 */
	@AliasFor("value")
	String[] events() default {};

	/**
	 * The handler's id: how YAML, the endpoint and meters name it. By default the bean's
	 * name and the method's, as in {@code costTracker.onModelResponse}.
	 * @return the id
	 */
	String id() default "";

	/**
	 * The priority; lower runs first. At most one value. Spring's {@code @Order} on the
	 * method says the same; the two must not differ.
	 * @return the priority; none for the default of the event or the router
	 */
	int[] priority() default {};

	/**
	 * Whether the method runs on a lane of its own instead of the emitting thread.
	 * @return whether it is asynchronous
	 */
	boolean async() default false;

	/**
	 * Whether the method receives one event only. An event that the full queue of an
	 * asynchronous method drops was the one.
	 * @return whether it leaves after one event
	 */
	boolean once() default false;

	/**
	 * The capacity of an asynchronous method's queue.
	 * @return the capacity in events; 0 for the router's default
	 */
	int maxQueue() default 0;

	/**
	 * What happens when the queue of an asynchronous method is full. At most one value.
	 * @return the policy; none for the router's default
	 */
	OverflowPolicy[] overflow() default {};

	/**
	 * Whether a method with overflow policy {@code SPILL} continues after a restart where
	 * it was, from the journal: at least once.
	 * @return whether it does
	 */
	boolean durable() default false;

	/**
	 * How many events an asynchronous method may handle at once; above 1 their order is
	 * lost.
	 * @return the number
	 */
	int concurrency() default 1;

	/**
	 * Whether an asynchronous method that takes any payload is told of events that were
	 * dropped: it then receives a {@link io.telemetryrouter.TelemetryGap}.
	 * @return whether it is told
	 */
	boolean gaps() default false;

	/**
	 * After which time a call of an asynchronous method is interrupted and given up, as
	 * in {@code 5s} or {@code PT5S}; {@code 0} lets every call take its time.
	 * @return a duration; empty for the router's default
	 */
	String handlerTimeout() default "";

	/**
	 * From which time on a call counts as slow, and is reported, as in {@code 50ms}.
	 * @return a duration; empty if no call does
	 */
	String slowThreshold() default "";

	/**
	 * Which threads run an asynchronous method: {@link LaneThread#PLATFORM} for one that
	 * computes for long while lanes are virtual threads.
	 * @return the threads
	 */
	LaneThread thread() default LaneThread.DEFAULT;

	/**
	 * Whether the method receives replayed events, too.
	 * @return whether it does
	 * @see io.telemetryrouter.TelemetryEvent#replayed()
	 */
	boolean replay() default false;

	/**
	 * A SpEL expression that says which events to handle; its root is the
	 * {@code TelemetryEvent}, as in {@code payload.cost > 1}. Parsed at start-up. A
	 * property of {@code null} and a key that a map does not have read as {@code null},
	 * which is less than anything: {@code payload.cost > 1} is then {@code false}. A
	 * condition whose value is {@code null} rejects the event; one that throws drops it,
	 * counted as {@code condition_failed}.
	 * @return the condition; empty for none
	 */
	String condition() default "";

}
