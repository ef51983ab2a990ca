package io.telemetryrouter.benchmarks.races;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.infra.results.II_Result;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.benchmarks.Routes;

/**
 * The state of a race of two threads, whose result an arbiter checks: a router with one
 * counting handler of the event {@code event}. Lane workers have no threads of their own
 * here: their tasks are collected, and run by an actor or at the end, so that a lost
 * wake-up shows as an event that was never handled.
 */
// Races inherit this container, and each adds the outcome that it accepts.
@Outcome.Outcomes(@Outcome(expect = Expect.FORBIDDEN, desc = "Events are lost, wrongly counted, or handled wrongly"))
public abstract class Scene {

	final AtomicInteger calls = new AtomicInteger();

	final TelemetryRouter router;

	final Subscription subscription;

	private final AtomicInteger inside = new AtomicInteger();

	/** Whether two calls ever overlapped. */
	private volatile boolean overlapped;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	Scene(Consumer<HandlerSpec.Builder<Object>> options) {
		this(options, Duration.ofSeconds(10));
	}

	Scene(Consumer<HandlerSpec.Builder<Object>> options, Duration shutdownTimeout) {
		this.router = Routes.builder("off").laneExecutor(this.tasks::add).shutdownTimeout(shutdownTimeout).build();
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

	final void emitAndWork() {
		emit();
		work();
	}

	/**
	 * Reports the number of calls, and whether all events are accounted for. Events that
	 * are emitted after a removal need not be.
	 */
	final void finish(II_Result result, int least, int most) {
		work();
		result.r1 = this.calls.get();
		result.r2 = isConserved(least, most) ? 1 : 0;
	}

	/**
	 * Returns whether no event is queued or running, each is counted once, and no calls
	 * overlapped. The account is that of the handler, also after its removal.
	 */
	final boolean isConserved(int least, int most) {
		RouterSnapshot snapshot = this.router.snapshot();
		HandlerAccount account = snapshot.handlers()
			.values()
			.stream()
			.map(HandlerSnapshot::account)
			.reduce(snapshot.retired(), HandlerAccount::plus);
		return account.offered() >= least && account.offered() <= most && account.isBalanced()
				&& account.queued() + account.running() == 0 && account.handled() == this.calls.get()
				&& !this.overlapped;
	}

}
