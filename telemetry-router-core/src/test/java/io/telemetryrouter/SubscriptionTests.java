package io.telemetryrouter;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class SubscriptionTests {

	private TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<Object> received = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenClosedThenNoEventReachesTheHandler() {
		Subscription subscription = this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.emit("x", 1);
		assertThat(subscription.isActive()).isTrue();
		subscription.close();
		this.router.emit("x", 2);
		assertThat(this.received).containsExactly(1);
		assertThat(subscription.isActive()).isFalse();
		assertThat(this.router.snapshot().handlers()).isEmpty();
		assertThat(this.router.snapshot().retired().offered()).isOne();
		assertThat(this.router.hasHandlers("x")).isFalse();
	}

	@Test
	void whenClosedTwiceThenTheSecondDoesNothing() {
		Subscription subscription = this.router.subscribe(HandlerSpec.on("x").id("twin").handler((event, payload) -> {
		}).build());
		this.router.emit("x", 1);
		subscription.close();
		Subscription successor = this.router
			.subscribe(HandlerSpec.on("x").id("twin").handler((event, payload) -> this.received.add(payload)).build());
		subscription.close();
		assertThat(successor.isActive()).isTrue();
		this.router.emit("x", 2);
		assertThat(this.received).containsExactly(2);
		assertThat(this.router.snapshot().retired().offered()).isOne();
	}

	@Test
	void whenClosedThenQueuedEventsAreCountedUnsubscribed() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Subscription subscription = this.router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> {
			this.received.add(payload);
			running.countDown();
			release.await();
		}).build());
		this.router.emit("x", 0);
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		CompletableFuture<EmitOutcome> queued = this.router.emitAsync("x", 1);
		this.router.emit("x", 2);
		subscription.close();
		assertThat(queued.get(30, TimeUnit.SECONDS).dropped()).isOne();
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(retired.dropped()).containsEntry(DropReason.UNSUBSCRIBED, 2L);
		assertThat(retired.running()).isOne();
		assertThat(retired.isBalanced()).isTrue();
		release.countDown();
		await().atMost(30, TimeUnit.SECONDS).until(() -> this.router.snapshot().retired().handled() == 1);
		assertThat(this.router.snapshot().retired().isBalanced()).isTrue();
		assertThat(this.received).containsExactly(0);
	}

	@Test
	void whenHandlerClosesItselfThenItsCallCounts() {
		Subscription[] own = new Subscription[1];
		own[0] = this.router.subscribe("x", (event, payload) -> {
			this.received.add(payload);
			own[0].close();
		});
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		assertThat(this.received).containsExactly(1);
		assertThat(this.router.snapshot().retired().handled()).isOne();
		assertThat(this.router.snapshot().retired().isBalanced()).isTrue();
	}

	@Test
	void whenIdIsTakenThenMessageNamesIt() {
		this.router.subscribe(HandlerSpec.on("x").id("cost").handler((event, payload) -> {
		}).build());
		HandlerSpec<Object> second = HandlerSpec.on("y").id("cost").handler((event, payload) -> {
		}).build();
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.subscribe(second))
			.withMessage("Handler id 'cost' is taken by another handler: give each its own id");
		assertThat(this.router.hasHandlers("y")).isFalse();
		assertThat(this.router.snapshot().handlers()).containsOnlyKeys("cost");
	}

	@Test
	void whenGivenIdLooksGeneratedThenOthersStillFindAnId() {
		for (int i = 1; i <= 100; i++) {
			this.router.subscribe(HandlerSpec.on("x").id("handler-" + i).handler((event, payload) -> {
			}).build());
			this.router.subscribe(HandlerSpec.on("x").id("next-" + i).handler((event, payload) -> {
			}).build());
		}
		for (int i = 0; i < 30; i++) {
			this.router.subscribe("x", (event, payload) -> {
			});
		}
		assertThat(this.router.snapshot().handlers()).hasSize(230);
	}

	@Test
	void whenNoIdIsGivenThenIdsAreUnique() {
		Subscription first = this.router.subscribe("x", (event, payload) -> {
		});
		Subscription second = this.router.subscribe("x", (event, payload) -> {
		});
		assertThat(first.handlerId()).isNotBlank().isNotEqualTo(second.handlerId());
		assertThat(this.router.handlerSnapshot(first.handlerId()).patterns()).containsExactly("x");
		assertThat(this.router.handlerSnapshot("nobody")).isNull();
	}

	@Test
	void whenCustomizerLeavesHandlerOutThenSubscriptionIsInactive() {
		this.router = TelemetryRouter.builder().specCustomizer((spec) -> "off".equals(spec.id()) ? null : spec).build();
		Subscription off = this.router
			.subscribe(HandlerSpec.on("x").id("off").handler((event, payload) -> this.received.add(payload)).build());
		this.router.emit("x", 1);
		assertThat(off.isActive()).isFalse();
		assertThat(off.handlerId()).isEqualTo("off");
		off.close();
		assertThat(this.received).isEmpty();
		assertThat(this.router.snapshot().handlers()).isEmpty();
		assertThat(this.router.eventSnapshot("x").unhandled()).isOne();
	}

	@Test
	void whenCustomizersChangeOptionsThenEachSeesTheChangeBefore() {
		this.router = TelemetryRouter.builder()
			.specCustomizer((spec) -> spec.mutate().priority(7).id("named").build())
			.specCustomizer((spec) -> spec.mutate().priority(spec.priority() + 1).build())
			.build();
		Subscription subscription = this.router.subscribe("x", (event, payload) -> {
		});
		assertThat(subscription.handlerId()).isEqualTo("named");
		assertThat(this.router.handlerSnapshot("named").priority()).isEqualTo(8);
	}

	@Test
	void whenPrintedThenSubscriptionNamesItsHandler() {
		Subscription subscription = this.router
			.subscribe(HandlerSpec.on("x").id("forged\nline").handler((event, payload) -> {
			}).build());
		assertThat(subscription).hasToString("Subscription[forged\uFFFDline]");
	}

	@Test
	void whenSpecIsNullThenCallerIsTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.subscribe((HandlerSpec<?>) null))
			.withMessage("'spec' must not be null");
	}

}
