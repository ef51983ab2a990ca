package io.telemetryrouter;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

/**
 * A piece of work that begins and ends: emits {@code <name>.started}, and when it ends
 * exactly one of {@code <name>.completed}, {@code <name>.failed} and
 * {@code <name>.cancelled}, whose envelopes have a {@link SpanInfo}. All of them belong
 * to the run in which the span began, whatever thread ends it.
 * <p>
 * The first of the methods that end a span does; later ones do nothing and return
 * {@code false}. Thread-safe.
 * <p>
 * A span of a {@link TelemetryEmitter#forRun(String) forRun} emitter, and one begun by
 * {@link #span}, is bound to no thread. Any other is bound to the thread that began it,
 * until it ends or {@linkplain #unbind() is unbound}: spans and runs that the thread
 * begins meanwhile are nested in it. Spans that end out of order, or on another thread,
 * do no harm.
 * <p>
 * A span that does not end is reported, once, as dangling: when
 * {@linkplain TelemetryRouterBuilder#spanDanglingAfter(java.time.Duration) a time} is
 * over, or at once when the garbage collector finds that nobody can end it any more.
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
	 * {@return how many nanoseconds ago the span began, or how many it took}
	 */
	long durationNanos();

	/**
	 * {@return what a thread is inside of when it works for the span, for
	 * {@link RunContext#set}} It stays valid when the span has ended.
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
	 * Ends the span: {@code <name>.completed}.
	 * @param outcome the payload, or {@code null}
	 * @return {@code false} if the span had ended
	 */
	boolean complete(@Nullable Object outcome);

	/**
	 * Ends the span: {@code <name>.failed}, with the payload of the started event.
	 * @param error what went wrong; only the name of its class is kept
	 * @return {@code false} if the span had ended
	 */
	boolean fail(Throwable error);

	/**
	 * Ends the span: {@code <name>.failed}.
	 * @param error what went wrong; only the name of its class is kept
	 * @param outcome the payload, or {@code null}
	 * @return {@code false} if the span had ended
	 */
	boolean fail(Throwable error, @Nullable Object outcome);

	/**
	 * Ends the span: {@code <name>.cancelled}, with the payload of the started event.
	 * @return {@code false} if the span had ended
	 */
	boolean cancel();

	/**
	 * Ends the span: {@code <name>.cancelled}.
	 * @param outcome the payload, or {@code null}
	 * @return {@code false} if the span had ended
	 */
	boolean cancel(@Nullable Object outcome);

	/**
	 * Calls code inside the span, bound to the calling thread, and ends the span:
	 * completed with what the code returns, or failed with what it throws, an
	 * {@link InterruptedException} and a
	 * {@link java.util.concurrent.CancellationException} as cancelled.
	 * @param <T> the type of the result
	 * @param code the code
	 * @return its result
	 * @throws Exception what the code throws
	 */
	<T> T call(Callable<T> code) throws Exception;

	/**
	 * Ends the span as a stage does: completed with its result, failed, or cancelled. The
	 * span is unbound from its thread.
	 * @param <T> the type of the result
	 * @param stage the stage
	 * @return a stage with the same outcome, which completes after the span
	 */
	<T> CompletionStage<T> follow(CompletionStage<T> stage);

	/**
	 * Ends the span as the first subscription of a publisher does: completed with the
	 * number of items as a {@link Long}, failed, or cancelled by the subscriber. The span
	 * is unbound from its thread. For Reactor there is a facade in the Spring module,
	 * which begins a span with each subscription.
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
	 * Ends the span as {@linkplain #cancel() cancelled}, if it has not ended. Whether the
	 * code before came to its end or threw, this method cannot know, and must not call
	 * what failed completed: end the span before it is closed.
	 */
	@Override
	void close();

}
