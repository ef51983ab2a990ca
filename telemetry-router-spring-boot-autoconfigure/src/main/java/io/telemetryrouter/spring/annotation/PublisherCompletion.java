package io.telemetryrouter.spring.annotation;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

import org.springframework.core.ReactiveAdapter;
import org.springframework.core.ReactiveAdapterRegistry;

/**
 * Subscribes to publishers and to types that {@link ReactiveAdapterRegistry} converts to
 * publishers. Loaded only if Reactive Streams is on the class path.
 */
final class PublisherCompletion implements Completion {

	private final @Nullable ReactiveAdapter adapter;

	private PublisherCompletion(@Nullable ReactiveAdapter adapter) {
		this.adapter = adapter;
	}

	static @Nullable Completion of(Class<?> type) {
		if (Publisher.class.isAssignableFrom(type)) {
			return new PublisherCompletion(null);
		}
		ReactiveAdapter adapter = ReactiveAdapterRegistry.getSharedInstance().getAdapter(type);
		return (adapter != null) ? new PublisherCompletion(adapter) : null;
	}

	@Override
	public CompletableFuture<?> start(Object result) {
		Publisher<?> publisher = (this.adapter != null) ? this.adapter.toPublisher(result) : (Publisher<?>) result;
		SubscriberFuture future = new SubscriberFuture();
		publisher.subscribe(future);
		return future;
	}

	/**
	 * Completes when the publisher does, ignoring its items.
	 */
	private static final class SubscriberFuture extends CompletableFuture<@Nullable Object>
			implements Subscriber<Object> {

		private volatile @Nullable Subscription subscription;

		@Override
		public void onSubscribe(Subscription subscription) {
			this.subscription = subscription;
			// Set first: a later cancel() sees the field, an earlier one is seen here
			if (isCancelled()) {
				subscription.cancel();
			}
			else {
				subscription.request(Long.MAX_VALUE);
			}
		}

		@Override
		public void onNext(Object value) {
		}

		@Override
		public void onError(Throwable error) {
			completeExceptionally(error);
		}

		@Override
		public void onComplete() {
			complete(null);
		}

		@Override
		public boolean cancel(boolean mayInterruptIfRunning) {
			boolean cancelled = super.cancel(mayInterruptIfRunning);
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.cancel();
			}
			return cancelled;
		}

	}

}
