package io.telemetryrouter.internal.dispatch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.SpanStatus;
import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.internal.event.Run;
import io.telemetryrouter.internal.event.RunBinding;
import io.telemetryrouter.internal.event.SpanIdentity;
import io.telemetryrouter.internal.event.SpanMark;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * A started span. The thread that replaces {@link #RUNNING} by the duration ends it.
 */
final class OpenSpan implements TelemetrySpan {

	private static final VarHandle DURATION = VarHandles.field(MethodHandles.lookup(), OpenSpan.class, "duration",
			long.class);

	private static final long RUNNING = -1;

	private final Emitter emitter;

	private final String[] events;

	private final SpanIdentity identity;

	private final @Nullable Run run;

	private final @Nullable Object payload;

	private volatile long duration = RUNNING;

	/**
	 * Not volatile: set before other threads get the span, and a second close has no
	 * effect.
	 */
	private @Nullable RunBinding binding;

	OpenSpan(Emitter emitter, String name, @Nullable Run run, @Nullable SpanIdentity parent, @Nullable Object payload) {
		this.emitter = emitter;
		this.events = emitter.spans().eventNames(name);
		this.run = run;
		this.payload = payload;
		this.identity = emitter.spans().begin(this, name, parent, run);
	}

	@Override
	public String spanId() {
		return this.identity.id();
	}

	@Override
	public @Nullable String parentSpanId() {
		return this.identity.parentId();
	}

	@Override
	public long durationNanos() {
		long ended = this.duration;
		return (ended != RUNNING) ? ended : elapsed();
	}

	private long elapsed() {
		return Math.max(0, this.emitter.spans().now() - this.identity.startedAt);
	}

	@Override
	public TelemetrySpan span(String name, @Nullable Object payload) {
		return this.emitter.span(name, payload, this.run, this.identity);
	}

	@Override
	public RunBinding context() {
		return new RunBinding(this.run, this.identity);
	}

	void started() {
		try {
			emit(this.payload, new SpanMark(this.identity, SpanStatus.STARTED, 0, null));
		}
		catch (Throwable ex) {
			// The caller does not get the span, and so cannot end it.
			this.emitter.spans().end(this.identity);
			throw ex;
		}
	}

	OpenSpan bind() {
		this.binding = RunBinding.open(null, this.identity);
		return this;
	}

	@Override
	public TelemetrySpan unbind() {
		RunBinding bound = this.binding;
		if (bound != null) {
			this.binding = null;
			bound.close();
		}
		return this;
	}

	@Override
	public boolean complete(@Nullable Object outcome) {
		return end(SpanStatus.COMPLETED, outcome, null);
	}

	@Override
	public boolean fail(Throwable error) {
		return fail(error, this.payload);
	}

	@Override
	public boolean fail(Throwable error, @Nullable Object outcome) {
		return end(SpanStatus.FAILED, outcome, error);
	}

	@Override
	public boolean cancel() {
		return cancel(this.payload);
	}

	@Override
	public boolean cancel(@Nullable Object outcome) {
		return end(SpanStatus.CANCELLED, outcome, null);
	}

	@Override
	public void close() {
		cancel();
	}

	private boolean end(SpanStatus status, @Nullable Object outcome, @Nullable Throwable error) {
		long nanos = elapsed();
		if (!DURATION.compareAndSet(this, RUNNING, nanos)) {
			return false;
		}
		this.emitter.spans().end(this.identity);
		unbind();
		emit(outcome, new SpanMark(this.identity, status, nanos, (error != null) ? error.getClass().getName() : null));
		return true;
	}

	private void emit(@Nullable Object payload, SpanMark mark) {
		RunBinding before = RunBinding.enter(this.run);
		try {
			this.emitter.emit(this.events[mark.status().ordinal()], payload, null, mark);
		}
		finally {
			RunBinding.restore(before);
		}
	}

	@Override
	public <T> T call(Callable<T> code) throws Exception {
		RunBinding before = RunBinding.current();
		RunBinding.set(context());
		try {
			T result = code.call();
			complete(result);
			return result;
		}
		catch (Throwable ex) {
			endBy(ex);
			throw ex;
		}
		finally {
			RunBinding.restore(before);
		}
	}

	void endBy(Throwable error) {
		Throwable cause = (error instanceof CompletionException && error.getCause() != null) ? error.getCause() : error;
		if (cause instanceof InterruptedException || cause instanceof CancellationException) {
			cancel();
		}
		else {
			fail(cause);
		}
	}

	@Override
	public <T> CompletionStage<T> follow(CompletionStage<T> stage) {
		unbind();
		return stage.whenComplete((result, error) -> {
			if (error != null) {
				endBy(error);
			}
			else {
				complete(result);
			}
		});
	}

	@Override
	public <T> Flow.Publisher<T> follow(Flow.Publisher<T> publisher) {
		unbind();
		return (subscriber) -> publisher.subscribe(new SpanSubscriber<>(subscriber));
	}

	@Override
	public String toString() {
		return "TelemetrySpan[" + this.identity.id() + "]";
	}

	/**
	 * Forwards the signals of a publisher, and ends the span at a terminal signal or a
	 * cancellation. It forwards them even if a payload check refuses the end of the span.
	 */
	private final class SpanSubscriber<T> implements Flow.Subscriber<T>, Flow.Subscription {

		private final Flow.Subscriber<? super T> subscriber;

		/** Set by {@link #onSubscribe}, before any other signal. */
		private Flow.Subscription subscription = this;

		private long items;

		SpanSubscriber(Flow.Subscriber<? super T> subscriber) {
			this.subscriber = subscriber;
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			this.subscription = subscription;
			this.subscriber.onSubscribe(this);
		}

		@Override
		public void onNext(T item) {
			this.items++;
			this.subscriber.onNext(item);
		}

		@Override
		public void onError(Throwable error) {
			try {
				endBy(error);
			}
			finally {
				this.subscriber.onError(error);
			}
		}

		@Override
		public void onComplete() {
			try {
				complete(this.items);
			}
			finally {
				this.subscriber.onComplete();
			}
		}

		@Override
		public void request(long count) {
			this.subscription.request(count);
		}

		@Override
		public void cancel() {
			try {
				OpenSpan.this.cancel();
			}
			finally {
				this.subscription.cancel();
			}
		}

	}

}
