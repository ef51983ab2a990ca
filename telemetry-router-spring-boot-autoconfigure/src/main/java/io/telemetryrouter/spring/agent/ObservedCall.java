package io.telemetryrouter.spring.agent;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.agent.Failure;

/**
 * A call that an adapter observes: of a model, of a tool or of a store. Thread-safe. The
 * first method that ends it does; later ones do nothing.
 *
 * @since 0.1.0
 */
public final class ObservedCall {

	private final ObservedRun run;

	private final Object started;

	private final TelemetrySpan span;

	private final ThreadBinding binding;

	private volatile @Nullable Throwable noted;

	ObservedCall(ObservedRun run, Object started, TelemetrySpan span) {
		this.run = run;
		this.started = started;
		this.span = span;
		this.binding = new ThreadBinding(run::openScope);
	}

	/**
	 * Returns the run that the call belongs to.
	 * @return the run
	 */
	public ObservedRun run() {
		return this.run;
	}

	/**
	 * Returns the payload of the started event.
	 * @param <T> its type
	 * @param type its type
	 * @return the payload
	 */
	public <T> T started(Class<T> type) {
		return type.cast(this.started);
	}

	/**
	 * Returns how long the call has taken.
	 * @return the time since the start
	 */
	public Duration elapsed() {
		return Duration.ofNanos(this.span.durationNanos());
	}

	/**
	 * Binds the call's run to the calling thread until the call ends or is
	 * {@linkplain #unbind() unbound}, so that events of the application and nested runs
	 * belong to it. Does nothing on a second thread.
	 */
	public void bind() {
		this.binding.open();
	}

	/**
	 * Ends the binding to the calling thread, if it has been bound as often.
	 */
	public void unbind() {
		this.binding.close();
	}

	/**
	 * Notes an error that the framework will hide when the call ends.
	 * @param error the error
	 */
	public void note(Throwable error) {
		this.noted = error;
	}

	/**
	 * Returns the error that was noted.
	 * @return the error, or {@code null}
	 */
	public @Nullable Throwable noted() {
		return this.noted;
	}

	/**
	 * Ends the call as completed.
	 * @param completed the payload
	 */
	public void complete(Object completed) {
		ended(this.span.complete(completed), completed);
	}

	/**
	 * Ends the call as failed, or as cancelled.
	 * @param error why it failed; {@code null} or a {@link CancellationException} if it
	 * was cancelled
	 */
	public void end(@Nullable Throwable error) {
		Throwable cause = (error instanceof CompletionException && error.getCause() != null) ? error.getCause() : error;
		if (cause == null || cause instanceof CancellationException) {
			Object cancelled = Outcomes.cancelled(this.started, elapsed());
			ended(this.span.cancel(cancelled), cancelled);
		}
		else {
			Failure failure = this.run.telemetry().failure(cause);
			Object failed = Outcomes.failed(this.started, elapsed(), failure);
			ended(this.span.fail(cause, failed), failed);
		}
	}

	/**
	 * Runs code that ends the call. If the code itself fails, for an answer is not what
	 * the framework promises, the call ends as failed with that error.
	 * @param code the code
	 */
	public void endBy(Runnable code) {
		try {
			code.run();
		}
		catch (Throwable ex) {
			end(ex);
			throw ex;
		}
	}

	private void ended(boolean first, Object payload) {
		this.binding.end();
		if (first) {
			this.run.callEnded(this, payload);
		}
	}

}
