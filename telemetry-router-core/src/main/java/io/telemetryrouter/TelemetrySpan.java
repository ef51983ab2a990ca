package io.telemetryrouter;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/**
 * A unit of work: emits {@code <name>.started} when it begins, and exactly one of
 * {@code <name>.completed}, {@code <name>.failed} and {@code <name>.cancelled} when it
 * ends. The envelopes of these events have a {@link SpanInfo}. All events of a span
 * belong to the run in which it began, regardless of the thread that ends it.
 * <p>
 * Only the first call of a method that ends the span takes effect; later calls do nothing
 * and return {@code false}. Thread-safe.
 * <p>
 * A span of a {@link TelemetryEmitter#forRun(String) forRun} emitter, and one begun by
 * {@link #span}, is bound to no thread. Any other span is bound to the thread that began
 * it, until it ends or {@linkplain #unbind() is unbound}: spans and runs that the thread
 * begins meanwhile are nested in it. Spans may end out of order and on any thread.
 * <p>
 * A span that does not end is reported, once, as dangling: after a
 * {@linkplain TelemetryRouterBuilder#spanDanglingAfter(java.time.Duration) configured
 * time}, or as soon as the garbage collector finds it unreachable.
 *
 * @since 0.1.0
 */
public interface TelemetrySpan extends AutoCloseable {

	/**
	 * {@return the id that the span's events share: 16 hexadecimal digits, unique across
	 * routers}
	 */
	String spanId();

	/**
	 * {@return the id of the span that this one is nested in, or {@code null} if there is
	 * none}
	 */
	@Nullable String parentSpanId();

	/**
	 * {@return the duration of the span in nanoseconds, up to now if it has not ended}
	 */
	long durationNanos();

	/**
	 * {@return the context of a thread that works for the span, to be passed to
	 * {@link RunContext#set}} It stays valid after the span has ended.
	 */
	RunContext context();

	/**
	 * Begins a span that is nested in this one, of the same run, bound to no thread.
	 * @param name the span's name
	 * @param payload the payload of the started event, or {@code null}
	 * @return the span
	 */
	TelemetrySpan span(String name, @Nullable Object payload);

	/**
	 * Ends the span and emits {@code <name>.completed}.
	 * @param outcome the payload, or {@code null}
	 * @return {@code false} if the span had already ended
	 */
	boolean complete(@Nullable Object outcome);

	/**
	 * Ends the span and emits {@code <name>.failed}, with the payload of the started
	 * event.
	 * @param error the error; only its class name is kept
	 * @return {@code false} if the span had already ended
	 */
	boolean fail(Throwable error);

	/**
	 * Ends the span and emits {@code <name>.failed}.
	 * @param error the error; only its class name is kept
	 * @param outcome the payload, or {@code null}
	 * @return {@code false} if the span had already ended
	 */
	boolean fail(Throwable error, @Nullable Object outcome);

	/**
	 * Ends the span and emits {@code <name>.cancelled}, with the payload of the started
	 * event.
	 * @return {@code false} if the span had already ended
	 */
	boolean cancel();

	/**
	 * Ends the span and emits {@code <name>.cancelled}.
	 * @param outcome the payload, or {@code null}
	 * @return {@code false} if the span had already ended
	 */
	boolean cancel(@Nullable Object outcome);

	/**
	 * Runs code with the span bound to the calling thread, and then ends the span: as
	 * completed with the result of the code, as cancelled if it throws an
	 * {@link InterruptedException} or a
	 * {@link java.util.concurrent.CancellationException}, and as failed if it throws any
	 * other exception.
	 * @param <T> the type of the result
	 * @param code the code
	 * @return its result
	 * @throws Exception the exception that the code throws
	 */
	<T> T call(Callable<T> code) throws Exception;

	/**
	 * Ends the span when a stage completes: as completed with the result of the stage, as
	 * failed, or as cancelled. The span is unbound from its thread.
	 * @param <T> the type of the result
	 * @param stage the stage
	 * @return a stage with the same outcome, which completes after the span
	 */
	<T> CompletionStage<T> follow(CompletionStage<T> stage);

	/**
	 * Ends the span when the first subscription of a publisher ends: as completed with
	 * the number of items as a {@link Long}, as failed, or as cancelled by the
	 * subscriber. The span is unbound from its thread. For Reactor, the Spring module has
	 * a facade that begins a span with each subscription.
	 * @param <T> the type of the items
	 * @param publisher the publisher
	 * @return a publisher of the same items
	 */
	<T> Flow.Publisher<T> follow(Flow.Publisher<T> publisher);

	/**
	 * Ends the binding to the thread, but not the span.
	 * @return this span
	 */
	TelemetrySpan unbind();

	/**
	 * Ends the span as {@linkplain #cancel() cancelled}, if it has not ended. This method
	 * cannot know whether the preceding code succeeded or threw, so it never reports the
	 * span as completed: end the span before it is closed.
	 */
	@Override
	void close();

}
