package io.telemetryrouter;

import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class OwnerTests {

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<Object> received = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenOwnerIsCollectedThenHandlerLeaves(HandlerMode mode) {
		Object owner = new Object();
		Subscription subscription = subscribe("owned", owner, mode);
		this.router.emit("x", 1);
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.received.contains(1));
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		awaitCollected(reference);
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.router.snapshot().handlers().isEmpty());
		assertThat(subscription.isActive()).isFalse();
		this.router.emit("x", 2);
		assertThat(this.received).containsExactly(1);
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(retired.offered()).isOne();
		assertThat(retired.isBalanced()).isTrue();
	}

	@Test
	void whenOwnerIsCollectedThenTheNextEmitDoesNotReachTheHandler() {
		Object owner = new Object();
		Subscription subscription = subscribe("owned", owner, HandlerMode.SYNC);
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		awaitCollected(reference);
		// Nothing has looked after handlers since: the emit itself must find out.
		this.router.emit("x", 1);
		assertThat(subscription.isActive()).isFalse();
		this.router.emit("x", 2);
		assertThat(this.received).isEmpty();
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(retired.dropped()).containsEntry(DropReason.UNSUBSCRIBED, retired.offered());
		assertThat(retired.isBalanced()).isTrue();
	}

	@Test
	void whenOwnerIsCollectedThenItsIdIsFreeForTheNextHandler() {
		Object owner = new Object();
		subscribe("owned", owner, HandlerMode.SYNC);
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		awaitCollected(reference);
		// The reference turns up some time after the owner was cleared.
		await().atMost(30, TimeUnit.SECONDS).ignoreExceptions().untilAsserted(() -> {
			this.router.subscribe(HandlerSpec.on("x").id("owned").handler((event, payload) -> {
			}).build());
		});
		assertThat(this.router.snapshot().handlers()).containsOnlyKeys("owned");
	}

	@Test
	void whenOwnerLivesThenHandlerStays() {
		Object owner = new Object();
		subscribe("owned", owner, HandlerMode.SYNC);
		collectSomething();
		this.router.emit("x", 1);
		assertThat(this.received).containsExactly(1);
		assertThat(this.router.snapshot().handlers()).containsOnlyKeys("owned");
		assertThat(owner).isNotNull();
	}

	@Test
	void whenNobodyHoldsTheLambdaThenHandlerStays() {
		subscribeCapturing(new Object());
		collectSomething();
		this.router.emit("x", 1);
		assertThat(this.received).hasSize(1);
	}

	@Test
	void whenOwnedHandlerIsClosedThenCollectionOfItsOwnerDoesNothing() {
		Object owner = new Object();
		Subscription subscription = subscribe("owned", owner, HandlerMode.SYNC);
		subscription.close();
		this.router
			.subscribe(HandlerSpec.on("x").id("owned").handler((event, payload) -> this.received.add(payload)).build());
		WeakReference<Object> reference = new WeakReference<>(owner);
		owner = null;
		awaitCollected(reference);
		this.router.snapshot();
		this.router.emit("x", 1);
		assertThat(this.received).containsExactly(1);
	}

	private Subscription subscribe(String id, Object owner, HandlerMode mode) {
		List<Object> target = this.received;
		return this.router.subscribe(HandlerSpec.on("x")
			.id(id)
			.owner(owner)
			.mode(mode)
			.handler((event, payload) -> target.add(payload))
			.build());
	}

	private void subscribeCapturing(Object captured) {
		this.router.subscribe("x", (event, payload) -> this.received.add(captured));
	}

	private static void collectSomething() {
		awaitCollected(new WeakReference<>(new Object()));
	}

	private static void awaitCollected(WeakReference<?> reference) {
		await().atMost(30, TimeUnit.SECONDS).until(() -> {
			System.gc();
			return reference.refersTo(null);
		});
	}

}
