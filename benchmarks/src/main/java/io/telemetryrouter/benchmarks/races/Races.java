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
 * Two threads race, a third looks at what came of it. Workers of lanes have no threads of
 * their own here: their tasks are kept, and run by an actor or at the end, so that a
 * wake-up that got lost shows as an event that was never handled.
 *
 * @since 0.1.0
 */
public final class Races {

	private Races() {
	}

	/** A router with one handler that counts, on the name {@code event}. */
	public abstract static class Scene {

		// Held, since java.util.logging only refers to its loggers weakly.
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

		/** Does the work of the lanes, as far as workers were woken. */
		final void work() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

		/** The account of the handler, whether it has left or not. */
		private HandlerAccount account() {
			RouterSnapshot snapshot = this.router.snapshot();
			return snapshot.handlers()
				.values()
				.stream()
				.map(HandlerSnapshot::account)
				.reduce(snapshot.departed(), HandlerAccount::plus);
		}

		/** Whether no event is queued or running, and each is counted once. */
		final boolean isConserved(long events) {
			return account().offered() == events && isSettled();
		}

		private boolean isSettled() {
			HandlerAccount account = account();
			return account.isBalanced() && account.queued() == 0 && account.running() == 0
					&& account.handled() == this.calls.get() && !this.overlapped;
		}

		/** The calls, and whether all events are accounted for. */
		final void finish(II_Result result, long events) {
			work();
			result.r1 = this.calls.get();
			result.r2 = isConserved(events) ? 1 : 0;
		}

		/** The same where some events may not have found the handler any more. */
		final void finishAtMost(II_Result result, long events) {
			work();
			result.r1 = this.calls.get();
			result.r2 = (account().offered() <= events && isSettled()) ? 1 : 0;
		}

	}

	/** A worker runs out of events while another one comes. */
	@JCStressTest
	@State
	@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Both handled, one at a time")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event stays behind")
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

	/** Two emitters find the lane idle; then two threads would do its work. */
	@JCStressTest
	@State
	@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Both handled, one at a time")
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event stays behind, or two workers overlap")
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
	@Outcome(expect = Expect.FORBIDDEN, desc = "An event stays behind")
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
	 * Two emitters evict each other's events from a queue of one, while it is worked off.
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

	/** Two threads emit to an asynchronous once handler, and work its lane. */
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

	/** A handler leaves, and the same thread emits again, while another emits. */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "Only what was emitted before")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Called after it had left, or wrongly counted")
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
	 * The same with a lane: what is queued is discarded, and none of it stays uncounted.
	 */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1", "2, 1" }, expect = Expect.ACCEPTABLE, desc = "Only what was emitted before")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Called after it had left, or wrongly counted")
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
	 * A handler comes, which replaces a route in steady use, while a thread emits by it:
	 * after its first emit it counts in notes that nobody looks at for it.
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
	 * A handler for two events leaves while it still has them in its queue: whoever asks
	 * whether all is done must see it, wherever it is kept.
	 */
	public abstract static class Leaving extends Scene {

		Leaving() {
			super((spec) -> spec.async().times(2), Duration.ZERO);
			emit();
		}

	}

	/** It leaves during a flush. No worker runs, so the first event is still queued. */
	@JCStressTest
	@State
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Flush says that events are pending")
	@Outcome(expect = Expect.FORBIDDEN, desc = "Flush says complete while an earlier event is unhandled")
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

	/** It leaves while the router closes, which discards what is queued. */
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
