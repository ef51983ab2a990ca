package io.telemetryrouter.internal.dispatch;

import java.util.concurrent.Flow;

/**
 * Passes on the signals of a publisher and ends a span as they do.
 */
final class SpanSubscriber<T> implements Flow.Subscriber<T>, Flow.Subscription {

	private final OpenSpan span;

	private final Flow.Subscriber<? super T> subscriber;

	/** Set before any other signal. */
	private Flow.Subscription subscription = this;

	private long items;

	SpanSubscriber(OpenSpan span, Flow.Subscriber<? super T> subscriber) {
		this.span = span;
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
		this.span.endBy(error);
		this.subscriber.onError(error);
	}

	@Override
	public void onComplete() {
		this.span.complete(this.items);
		this.subscriber.onComplete();
	}

	@Override
	public void request(long count) {
		this.subscription.request(count);
	}

	@Override
	public void cancel() {
		this.span.cancel();
		this.subscription.cancel();
	}

}
