package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Reads a router's accounts, and awaits states of them with generous timeouts.
 */
final class Books {

	/** Timeout of conditions that must come true. */
	static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("books.limit", 30));

	private Books() {
	}

	/**
	 * Waits until a router is quiet and asserts that every account balances then.
	 * @param router the router
	 * @return the balanced numbers
	 */
	static RouterSnapshot balanced(TelemetryRouter router) {
		assertThat(router.flush(LIMIT).complete()).isTrue();
		// Synchronous calls, closing lanes and events of handlers may need more time.
		RouterSnapshot snapshot = quiet(router);
		assertThat(snapshot.handlers().values()).allSatisfy((handler) -> assertQuiet(handler.id(), handler.account()));
		assertQuiet("retired", snapshot.retired());
		return snapshot;
	}

	/**
	 * Waits until no event is pending. A snapshot reads one handler after another, so it
	 * can miss events that pass from handler to handler. Counts only grow, so two equal
	 * snapshots in a row are consistent.
	 * @param router the router
	 * @return its numbers
	 */
	static RouterSnapshot quiet(TelemetryRouter router) {
		AtomicReference<RouterSnapshot> last = new AtomicReference<>(router.snapshot());
		eventually(() -> {
			RouterSnapshot snapshot = router.snapshot();
			HandlerAccount before = total(last.getAndSet(snapshot));
			return isQuiet(snapshot) && total(snapshot).equals(before);
		});
		return last.get();
	}

	/**
	 * Waits until a condition holds.
	 * @param condition the condition
	 */
	static void eventually(Callable<Boolean> condition) {
		await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1)).atMost(LIMIT).until(condition);
	}

	/**
	 * Waits until the watchdog of a router has made all its checks. It ends a wait in its
	 * first check, so it has made all others between two.
	 * @param router the router
	 */
	static void passRound(TelemetryRouter router) {
		for (int i = 0; i < 2; i++) {
			assertThatThrownBy(() -> result(router.next("never", (event) -> true, Duration.ofMillis(1))))
				.hasRootCauseInstanceOf(TimeoutException.class);
		}
	}

	/**
	 * Spins until a condition holds, with no pause in which it could pass by.
	 * @param condition the condition
	 */
	static void spinUntil(BooleanSupplier condition) {
		long start = System.nanoTime();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - start > LIMIT.toNanos()) {
				throw new AssertionError("Not so after " + LIMIT);
			}
			Thread.onSpinWait();
		}
	}

	/**
	 * Waits for a future that must complete.
	 * @param <T> the type of its result
	 * @param future the future
	 * @return its result
	 */
	static <T> T result(CompletableFuture<T> future) {
		try {
			return future.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	private static boolean isQuiet(RouterSnapshot snapshot) {
		HandlerAccount total = total(snapshot);
		return total.queued() == 0 && total.running() == 0 && total.isBalanced();
	}

	private static void assertQuiet(String who, HandlerAccount account) {
		assertThat(account.isBalanced()).as("%s: %s", who, account).isTrue();
		assertThat(account.queued() + account.running()).as("%s: %s", who, account).isZero();
	}

	/**
	 * Adds up all accounts of a router.
	 * @param snapshot its numbers
	 * @return the sum, retired handlers included
	 */
	static HandlerAccount total(RouterSnapshot snapshot) {
		HandlerAccount total = snapshot.retired();
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			total = total.plus(handler.account());
		}
		return total;
	}

	/**
	 * Returns the account of a registered handler.
	 * @param router the router
	 * @param id the handler's id
	 * @return its account now
	 */
	static HandlerAccount of(TelemetryRouter router, String id) {
		HandlerSnapshot handler = router.handlerSnapshot(id);
		assertThat(handler).as(id).isNotNull();
		return handler.account();
	}

	static long dropped(HandlerAccount account, DropReason reason) {
		return account.dropped().get(reason);
	}

	/**
	 * Waits for a latch that must open.
	 * @param latch the latch
	 */
	static void pass(CountDownLatch latch) {
		try {
			assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * Waits for a latch as a hostile handler does: interrupts do not end it.
	 * @param latch the latch
	 */
	static void passUninterruptibly(CountDownLatch latch) {
		boolean open = false;
		while (!open) {
			try {
				open = latch.await(1, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				open = false;
			}
		}
	}

}
