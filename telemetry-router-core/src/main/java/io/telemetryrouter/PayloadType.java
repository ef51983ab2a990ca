package io.telemetryrouter;

/**
 * Names a payload type that has type arguments, as a class literal cannot: <pre
 * class="code">
 * EventType&lt;List&lt;String&gt;&gt; names = EventType.of("names", new PayloadType&lt;&gt;() {
 * });
 * </pre>
 * <p>
 * The compiler checks the arguments wherever the {@link EventType} is used. At run time
 * they are erased: an event of the same name with another list reaches the same handlers.
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
public interface PayloadType<T> {

}
