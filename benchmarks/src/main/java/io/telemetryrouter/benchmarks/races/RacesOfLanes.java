package io.telemetryrouter.benchmarks.races;

import java.time.Duration;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;

/**
 * Can a lane lose an event, or handle it late or twice? Also while its handler leaves,
 * and the router flushes or closes.
 */
public final class RacesOfLanes {

	private RacesOfLanes() {
	}

	/** A worker becomes idle while an event is emitted. */
	@JCStressTest
	@State
	@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Both handled, one at a time")
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
			finish(result, 2, 2);
		}

	}

	/** Two emitters find the lane idle; one of them must wake a worker. */
	@JCStressTest
	@State
	@Outcome(id = "2, 1", expect = Expect.ACCEPTABLE, desc = "Both handled, one at a time")
	public static class SerialLane extends Scene {

		public SerialLane() {
			super(HandlerSpec.Builder::async);
		}

		@Actor
		public void first() {
			emitAndWork();
		}

		@Actor
		public void second() {
			emitAndWork();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 2, 2);
		}

	}

	/** Two workers of a concurrent lane: one event is published late, behind another. */
	@JCStressTest
	@State
	@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "Both handled")
	public static class ConcurrentLane extends Scene {

		public ConcurrentLane() {
			super((spec) -> spec.async().concurrency(2));
		}

		@Actor
		public void first() {
			emitAndWork();
		}

		@Actor
		public void second() {
			emitAndWork();
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
	@Outcome(id = { "1, 1", "2, 1", "3, 1" }, expect = Expect.ACCEPTABLE, desc = "Each of three is handled or dropped")
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
			emitAndWork();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 3, 3);
		}

	}

	/**
	 * The second event removes the handler during a flush. No worker runs, so the first
	 * event is still queued.
	 */
	@JCStressTest
	@State
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Flush reports pending events")
	public static class LeavingFlush extends Scene {

		public LeavingFlush() {
			super((spec) -> spec.async().times(2), Duration.ZERO);
			emit();
		}

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
			result.r2 = (this.calls.get() == 2 && isConserved(2, 2)) ? 1 : 0;
		}

	}

	/** The same while the router closes, which discards queued events. */
	@JCStressTest
	@State
	@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "Close has discarded and counted all events")
	public static class LeavingClose extends Scene {

		public LeavingClose() {
			super((spec) -> spec.async().times(2), Duration.ZERO);
			emit();
		}

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
			finish(result, 2, 2);
		}

	}

	/** The router closes while an event is emitted to a lane. */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "Handled or dropped")
	public static class Close extends Scene {

		public Close() {
			super(HandlerSpec.Builder::async);
		}

		@Actor
		public void emitter() {
			emitAndWork();
		}

		@Actor
		public void closer() {
			this.router.close();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 1, 1);
		}

	}

}
