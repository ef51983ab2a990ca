package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A removal is announced once, with the final account of the handler.
 */
class HandlerRemovalTests {

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<HandlerSnapshot> added = new CopyOnWriteArrayList<>();

	private final List<HandlerSnapshot> removed = new CopyOnWriteArrayList<>();

	HandlerRemovalTests() {
		this.router.addListener(new RouterListener() {

			@Override
			public void handlerAdded(HandlerSnapshot handler) {
				HandlerRemovalTests.this.added.add(handler);
			}

			@Override
			public void handlerRemoved(HandlerSnapshot handler) {
				HandlerRemovalTests.this.removed.add(handler);
			}

		});
	}

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenSubscriptionIsClosedThenTheFinalAccountIsAnnouncedAtOnce() {
		Subscription subscription = this.router.subscribe(HandlerSpec.on("x").id("a").handler((event, payload) -> {
			if (payload == null) {
				throw new IllegalStateException("on purpose");
			}
		}).build());
		this.router.emit("x", 1);
		this.router.emit("x", null);
		subscription.close();
		this.router.emit("x", 2);
		assertThat(this.removed).singleElement().satisfies((handler) -> {
			assertThat(handler.id()).isEqualTo("a");
			assertThat(handler.number()).isEqualTo(this.added.get(0).number());
			assertThat(handler.account()).isEqualTo(this.router.snapshot().retired());
			assertThat(handler.account().handled()).isOne();
			assertThat(handler.account().failed()).isOne();
			assertThat(handler.latency().count()).isOne();
			assertThat(handler.failedLatency().count()).isOne();
			assertThat(handler.lastFailure()).isNotNull();
			assertThat(handler.lastSeen()).isNotNull();
		});
	}

	@Test
	void whenHandlerHasQueuedEventsThenItsRemovalIsAnnouncedAfterThem() {
		CountDownLatch gate = new CountDownLatch(1);
		Subscription leaving = subscribe(HandlerSpec.on("x").id("a").async().times(3), gate);
		for (int i = 0; i < 3; i++) {
			this.router.emit("x", i);
		}
		assertThat(leaving.isActive()).isFalse();
		this.router.snapshot();
		assertThat(this.removed).isEmpty();
		// The same id again, before the removal
		Subscription next = subscribe(HandlerSpec.on("x").id("a"), gate);
		gate.countDown();
		Books.eventually(() -> !this.removed.isEmpty());
		assertThat(this.removed).singleElement().satisfies((handler) -> {
			assertThat(handler.account().handled()).isEqualTo(3);
			assertThat(handler.account().queued()).isZero();
			assertThat(handler.queueWait().count()).isEqualTo(3);
		});
		next.close();
		assertThat(this.added).extracting(HandlerSnapshot::number).isSorted().doesNotHaveDuplicates();
		assertThat(this.removed).extracting(HandlerSnapshot::number)
			.containsExactlyElementsOf(this.added.stream().map(HandlerSnapshot::number).toList());
	}

	@Test
	void whenRouterIsClosedThenHandlersThatLeaveAreStillAnnounced() {
		subscribe(HandlerSpec.on("x").id("a").async().times(2), new CountDownLatch(0));
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		this.router.close();
		Books.eventually(() -> !this.removed.isEmpty());
		assertThat(this.removed).singleElement()
			.satisfies((handler) -> assertThat(handler.account().offered()).isEqualTo(2));
	}

	@Test
	void whenTheWatchdogHangsThenARegistrationRemovesTheManyThatHaveLeft() {
		CountDownLatch hung = new CountDownLatch(1);
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try (TelemetryRouter late = TelemetryRouter.builder().laneExecutor(executor).nanoTime(() -> {
			if (Thread.currentThread().getName().equals("telemetry-router:watchdog")) {
				Books.passUninterruptibly(hung);
			}
			return System.nanoTime();
		}).build()) {
			AtomicInteger gone = new AtomicInteger();
			late.addListener(new RouterListener() {

				@Override
				public void handlerRemoved(HandlerSnapshot handler) {
					gone.incrementAndGet();
				}

			});
			int count = 300;
			for (int i = 0; i < count; i++) {
				late.subscribe(HandlerSpec.on("x").async().once().handler((event, payload) -> {
				}).build());
			}
			late.emit("x", 1);
			assertThat(late.flush(Books.LIMIT).complete()).isTrue();
			assertThat(gone).hasValue(0);
			late.subscribe("y", (event, payload) -> {
			});
			assertThat(gone).hasValue(count);
			hung.countDown();
		}
		finally {
			hung.countDown();
			executor.shutdown();
		}
	}

	@Test
	@Tag("stress")
	void whenHandlersComeAndGoWhileThreadsEmitThenFinalAccountsAddUpToTheSnapshot() throws Exception {
		AtomicInteger churning = new AtomicInteger(2);
		AtomicBoolean read = new AtomicBoolean(true);
		Parallel.run(5, (number) -> {
			if (number < 2) {
				for (int i = 0; i < 1500; i++) {
					List<Subscription> passing = new ArrayList<>();
					passing.add(subscribe(HandlerSpec.on("x"), new CountDownLatch(0)));
					passing.add(subscribe(HandlerSpec.on("*").id("own-" + number), new CountDownLatch(0)));
					passing.add(subscribe(HandlerSpec.on("x").async().maxQueue(2), new CountDownLatch(0)));
					passing.add(subscribe(HandlerSpec.on("x").once(), new CountDownLatch(0)));
					passing.forEach(Subscription::close);
				}
				churning.decrementAndGet();
				return;
			}
			while (churning.get() > 0) {
				if (number == 2) {
					HandlerAccount total = Books.total(this.router.snapshot());
					read.compareAndSet(true, total.offered() >= total.handled());
				}
				this.router.emit("x", number);
			}
		});
		HandlerAccount retired = Books.balanced(this.router).retired();
		Books.eventually(() -> this.removed.size() == 12000);
		HandlerAccount sum = this.removed.stream()
			.map(HandlerSnapshot::account)
			.reduce(HandlerAccount.EMPTY, HandlerAccount::plus);
		assertThat(sum).isEqualTo(retired);
		assertThat(this.removed).extracting(HandlerSnapshot::number).doesNotHaveDuplicates();
		assertThat(read).isTrue();
	}

	private Subscription subscribe(HandlerSpec.Builder<Object> spec, CountDownLatch gate) {
		return this.router.subscribe(spec.handler((event, payload) -> Books.pass(gate)).build());
	}

}
