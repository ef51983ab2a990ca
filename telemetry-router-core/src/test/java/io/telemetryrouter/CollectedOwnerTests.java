package io.telemetryrouter;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler is removed after the collection of its owner, without a further emit,
 * subscription or snapshot.
 */
class CollectedOwnerTests {

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final CountDownLatch hung = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.hung.countDown();
		this.router.close();
	}

	private Subscription subscribe(Object owner, HandlerMode mode, PayloadHandler<Object> handler) {
		return this.router
			.subscribe(HandlerSpec.on("event").id("owned").owner(owner).mode(mode).handler(handler).build());
	}

	private static void collect(WeakReference<?> owner) {
		Books.eventually(() -> {
			System.gc();
			return owner.refersTo(null);
		});
	}

	private static void nothing(String event, Object payload) {
	}

	@ParameterizedTest
	@EnumSource
	void whenOwnerIsCollectedThenHandlerLeavesThoughNobodyLooks(HandlerMode mode) {
		Object owner = new Object();
		Subscription subscription = subscribe(owner, mode, CollectedOwnerTests::nothing);
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		collect(reference);
		Books.eventually(() -> !subscription.isActive());
	}

	@Test
	void whenOwnerIsCollectedThenListenersHearOfIt() {
		List<String> removed = new CopyOnWriteArrayList<>();
		this.router.addListener(new RouterListener() {

			@Override
			public void handlerRemoved(HandlerSnapshot handler) {
				removed.add(handler.id());
			}

		});
		Object owner = new Object();
		subscribe(owner, HandlerMode.SYNC, CollectedOwnerTests::nothing);
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		collect(reference);
		Books.eventually(() -> !removed.isEmpty());
		assertThat(removed).containsExactly("owned");
	}

	@Test
	void whenOwnerIsCollectedThenEventHasNoHandler() {
		Object owner = new Object();
		subscribe(owner, HandlerMode.SYNC, CollectedOwnerTests::nothing);
		assertThat(this.router.hasHandlers("event")).isTrue();
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		collect(reference);
		Books.eventually(() -> !this.router.hasHandlers("event"));
	}

	@Test
	void whenOwnerIsCollectedThenHandlerItselfIsCollected() {
		collect(subscribeCapturing());
	}

	/**
	 * Subscribes a handler whose owner is unreachable.
	 * @return the object that the handler captures
	 */
	private WeakReference<byte[]> subscribeCapturing() {
		byte[] captured = new byte[100];
		this.router.subscribe(HandlerSpec.on("other")
			.owner(new Object())
			.handler((event, payload) -> assertThat(captured).isNotNull())
			.build());
		this.router.emit("other", null);
		return new WeakReference<>(captured);
	}

	@Test
	void whenOwnerIsCollectedThenQueuedEventsAreCounted() throws Exception {
		Object owner = new Object();
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch hang = this.hung;
		subscribe(owner, HandlerMode.ASYNC, (event, payload) -> {
			begun.countDown();
			Books.pass(hang);
		});
		this.router.emit("event", 1);
		Books.pass(begun);
		List<EmitOutcome> outcomes = new CopyOnWriteArrayList<>();
		this.router.emitAsync("event", 2).thenAccept(outcomes::add);
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		collect(reference);
		// The handler hangs, but its queued events are discarded.
		Books.eventually(() -> !outcomes.isEmpty());
		assertThat(outcomes).containsExactly(new EmitOutcome(0, 0, 0, 1));
	}

}
