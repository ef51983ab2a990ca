package io.telemetryrouter;

/**
 * A token for a payload type with type arguments, which a class literal cannot express:
 * <pre
 * class="code">
 * EventType&lt;List&lt;String&gt;&gt; names = EventType.of("names", new PayloadType&lt;&gt;() {
 * });
 * </pre>
 * <p>
 * The compiler checks the arguments wherever the {@link EventType} is used. At run time
 * they are erased: an event of the same name with another element type reaches the same
 * handlers.
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
public interface PayloadType<T> {

}
