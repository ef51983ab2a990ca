package io.telemetryrouter.benchmarks.races;

import java.time.Duration;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

/**
 * Races of two threads, whose result an arbiter checks. Lane workers have no threads of
 * their own here: their tasks are collected, and run by an actor or at the end, so that a
 * lost wake-up shows as an event that was never handled.
 */
public final class Races {

	private Races() {
	}

	/** A router with one counting handler of the event {@code event}. */
	public abstract static class Scene {

		// A strong reference: java.util.logging references its loggers weakly.
		private static final Logger LOGGER = Logger.getLogger("io.telemetryrouter");

		static {
			LOGGER.setLevel(Level.OFF);
		}

		final AtomicInteger calls = new AtomicInteger();

		final AtomicInteger inside = new AtomicInteger();

		/** Whether two calls ever overlapped. */
		volatile boolean overlapped;

		final TelemetryRouter router;

		final Subscription subscription;

		private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

		Scene(Consumer<HandlerSpec.Builder<Object>> options) {
			this(options, Duration.ofSeconds(10));
		}

		Scene(Consumer<HandlerSpec.Builder<Object>> options, Duration shutdownTimeout) {
			this.router = TelemetryRouter.builder()
				.laneExecutor(this.tasks::add)
				.measureLatency(false)
				.shutdownTimeout(shutdownTimeout)
				.build();
			HandlerSpec.Builder<Object> spec = HandlerSpec.on("event").id("handler");
			options.accept(spec);
			this.subscription = this.router.subscribe(spec.handler((event, payload) -> call()).build());
		}

		private void call() {
			if (this.inside.incrementAndGet() != 1) {
				this.overlapped = true;
			}
			this.calls.incrementAndGet();
			this.inside.decrementAndGet();
		}

		final void emit() {
			this.router.emit("event", "payload");
		}

		/** Runs the tasks of the workers that were woken. */
		final void work() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

		/** Returns the account of the handler, also after its removal. */
		private HandlerAccount account() {
			RouterSnapshot snapshot = this.router.snapshot();
			return snapshot.handlers()
				.values()
				.stream()
				.map(HandlerSnapshot::account)
				.reduce(snapshot.retired(), HandlerAccount::plus);
		}

		/** Returns whether no event is queued or running, and each is counted once. */
		final boolean isConserved(long events) {
			return account().offered() == events && isSettled();
		}

		private boolean isSettled() {
			HandlerAccount account = account();
			return account.isBalanced() && account.queued() == 0 && account.running() == 0
					&& account.handled() == this.calls.get() && !this.overlapped;
		}

		/** Reports the number of calls, and whether all events are accounted for. */
		final void finish(II_Result result, long events) {
			work();
			result.r1 = this.calls.get();
			result.r2 = isConserved(events) ? 1 : 0;
		}

		/**
		 * Reports the same, if some events may have been emitted after the handler's
		 * removal.
		 */
		final void finishAtMost(II_Result result, long events) {
			work();
			result.r1 = this.calls.get();
			result.r2 = (account().offered() <= events && isSettled()) ? 1 : 0;
		}

	}

	/** A worker becomes idle while an event is emitted. */
	@JCStressTest
	@State
	@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Both handled, one at a time")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event stays queued")
	public static class WakeUp extends Scene {

		public WakeUp() {
			super(HandlerSpec.Builder::async);
			emit();
		}

		@Actor
		public void worker() {
			work();
		}

		@Actor
		public void emitter() {
			emit();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 2);
		}

	}

	/** Two emitters find the lane idle; one of them must wake a worker. */
	@JCStressTest
	@State
	@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Both handled, one at a time")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event stays queued, or two workers overlap")
	public static class SerialLane extends Scene {

		public SerialLane() {
			super(HandlerSpec.Builder::async);
		}

		@Actor
		public void first() {
			emit();
			work();
		}

		@Actor
		public void second() {
			emit();
			work();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 2);
		}

	}

	/** Two workers of a concurrent lane: one event is published late, behind another. */
	@JCStressTest
	@State
	@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both handled")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event stays queued")
	public static class ConcurrentLane extends Scene {

		public ConcurrentLane() {
			super((spec) -> spec.async().concurrency(2));
		}

		@Actor
		public void first() {
			emit();
			work();
		}

		@Actor
		public void second() {
			emit();
			work();
		}

		@Arbiter
		public void result(I_Result result) {
			work();
			result.r1 = this.calls.get();
		}

	}

	/**
	 * Two emitters evict each other's events from a queue of capacity 1, while a worker
	 * drains it.
	 */
	@JCStressTest
	@State
	@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "Each of three is handled or dropped")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event is lost or counted twice")
	public static class Eviction extends Scene {

		public Eviction() {
			super((spec) -> spec.async().maxQueue(1).overflow(OverflowPolicy.DROP_OLDEST));
			emit();
		}

		@Actor
		public void emitter() {
			emit();
		}

		@Actor
		public void worker() {
			emit();
			work();
		}

		@Arbiter
		public void result(I_Result result) {
			work();
			result.r1 = isConserved(3) ? 1 : 0;
		}

	}

	/** Two threads emit to a once handler. */
	@JCStressTest
	@State
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Called once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Not called, called twice, or wrongly counted")
	public static class Once extends Scene {

		public Once() {
			super(HandlerSpec.Builder::once);
		}

		@Actor
		public void first() {
			emit();
		}

		@Actor
		public void second() {
			emit();
		}

		@Arbiter
		public void result(II_Result result) {
			finishAtMost(result, 2);
		}

	}

	/** Two threads emit to an asynchronous once handler, and run its workers. */
	@JCStressTest
	@State
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Called once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Not called, called twice, or wrongly counted")
	public static class AsyncOnce extends Scene {

		public AsyncOnce() {
			super((spec) -> spec.async().once());
		}

		@Actor
		public void first() {
			emit();
			work();
		}

		@Actor
		public void second() {
			emit();
			work();
		}

		@Arbiter
		public void result(II_Result result) {
			finishAtMost(result, 2);
		}

	}

	/** A thread removes the handler and emits, while another thread emits. */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "Only events emitted before the removal")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Called after its removal, or wrongly counted")
	public static class Unsubscribe extends Scene {

		public Unsubscribe() {
			super((spec) -> {
			});
		}

		@Actor
		public void emitter() {
			emit();
		}

		@Actor
		public void leaver() {
			this.subscription.close();
			emit();
		}

		@Arbiter
		public void result(II_Result result) {
			finishAtMost(result, 1);
		}

	}

	/**
	 * The same with a lane: queued events are discarded, and all of them are counted.
	 */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1", "2, 1" }, expect = Expect.ACCEPTABLE,
			desc = "Only events emitted before the removal")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Called after its removal, or wrongly counted")
	public static class AsyncUnsubscribe extends Scene {

		public AsyncUnsubscribe() {
			super(HandlerSpec.Builder::async);
			emit();
		}

		@Actor
		public void emitter() {
			emit();
			work();
		}

		@Actor
		public void leaver() {
			this.subscription.close();
			emit();
		}

		@Arbiter
		public void result(II_Result result) {
			finishAtMost(result, 2);
		}

	}

	/**
	 * A subscription replaces a route in steady use, while another thread emits on it.
	 * The counts of the retired route must not be lost.
	 */
	@JCStressTest
	@State
	@Outcome(id = "3, 1", expect = Expect.ACCEPTABLE, desc = "All counted once")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An emit is lost or counted twice")
	public static class Replace extends Scene {

		private static final int STEADY = 1100;

		public Replace() {
			super((spec) -> {
			});
			for (int i = 0; i < STEADY; i++) {
				emit();
			}
		}

		@Actor
		public void emitter() {
			emit();
			emit();
			emit();
		}

		@Actor
		public void comer() {
			this.router.subscribe("event", (event, payload) -> {
			});
		}

		@Arbiter
		public void result(II_Result result) {
			result.r1 = this.calls.get() - STEADY;
			HandlerSnapshot handler = Objects.requireNonNull(this.router.handlerSnapshot("handler"));
			result.r2 = (handler.account().isBalanced() && handler.account().offered() == this.calls.get()) ? 1 : 0;
		}

	}

	/**
	 * A handler of two events is removed while they are still queued. Flush and close
	 * must see its events, wherever the handler is kept.
	 */
	public abstract static class Leaving extends Scene {

		Leaving() {
			super((spec) -> spec.async().times(2), Duration.ZERO);
			emit();
		}

	}

	/**
	 * The handler is removed during a flush. No worker runs, so the first event is still
	 * queued.
	 */
	@JCStressTest
	@State
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Flush reports pending events")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Flush reports completion while an earlier event is unhandled")
	public static class LeavingFlush extends Leaving {

		@Actor
		public void emitter() {
			emit();
		}

		@Actor
		public void flusher(II_Result result) {
			result.r1 = this.router.flush(Duration.ZERO).complete() ? 1 : 0;
		}

		@Arbiter
		public void result(II_Result result) {
			work();
			result.r2 = (this.calls.get() == 2 && isConserved(2)) ? 1 : 0;
		}

	}

	/** The handler is removed while the router closes, which discards queued events. */
	@JCStressTest
	@State
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Close has discarded and counted all events")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event is handled after close has returned, or not counted")
	public static class LeavingClose extends Leaving {

		@Actor
		public void emitter() {
			emit();
		}

		@Actor
		public void closer() {
			this.router.close();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 2);
		}

	}

	/** The router closes while an event is emitted to a lane. */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "Handled or dropped")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event is lost or counted twice")
	public static class Close extends Scene {

		public Close() {
			super(HandlerSpec.Builder::async);
		}

		@Actor
		public void emitter() {
			emit();
			work();
		}

		@Actor
		public void closer() {
			this.router.close();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 1);
		}

	}

}
