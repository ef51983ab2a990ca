package io.telemetryrouter.spring.agent;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.agent.Failure;

/**
 * A model call, tool call or retrieval that an adapter observes. Thread-safe. The first
 * method that ends the call takes effect; further ones do nothing.
 *
 * @since 0.1.0
 */
public final class ObservedCall {

	private final ObservedRun run;

	private final Object started;

	private final TelemetrySpan span;

	private final ThreadBinding binding;

	private volatile @Nullable Throwable noted;

	private volatile boolean ended;

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
	 * Returns the time since the start of the call.
	 * @return the elapsed time
	 */
	public Duration elapsed() {
		return Duration.ofNanos(this.span.durationNanos());
	}

	/**
	 * Binds the call's run to the calling thread until the call ends or is
	 * {@linkplain #unbind() unbound}, so that events of the application and nested runs
	 * belong to it. Does nothing on another thread while the first one is bound.
	 */
	public void bind() {
		this.binding.open();
	}

	/**
	 * Undoes one {@link #bind()} of the calling thread. The last one ends the binding.
	 */
	public void unbind() {
		this.binding.close();
	}

	/**
	 * Stores an error that the framework does not pass to the end of the call.
	 * @param error the error
	 */
	public void note(Throwable error) {
		this.noted = error;
	}

	/**
	 * Returns the error stored by {@link #note}.
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
	 * @param error the error; {@code null} or a {@link CancellationException} if the call
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
	 * Runs code that ends the call. If the code throws, for example because a response
	 * violates the framework's contract, the call ends as failed with that error, and the
	 * error is rethrown.
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

	/**
	 * Returns whether the call has ended.
	 * @return {@code true} after the first method that ends it
	 */
	public boolean isEnded() {
		return this.ended;
	}

	private void ended(boolean first, Object payload) {
		this.ended = true;
		this.binding.end();
		if (first) {
			this.run.callEnded(this, payload);
		}
	}

}
