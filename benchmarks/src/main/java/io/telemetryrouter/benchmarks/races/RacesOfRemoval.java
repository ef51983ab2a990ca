package io.telemetryrouter.benchmarks.races;

import java.util.Objects;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;

/**
 * Can a handler be called after its removal, or more often than it asked for? Are the
 * counts of what was removed kept?
 */
public final class RacesOfRemoval {

	private RacesOfRemoval() {
	}

	/** Two threads emit to a once handler. */
	@JCStressTest
	@State
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Called once")
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
			finish(result, 0, 2);
		}

	}

	/** Two threads emit to an asynchronous once handler, and run its workers. */
	@JCStressTest
	@State
	@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "Called once")
	public static class AsyncOnce extends Scene {

		public AsyncOnce() {
			super((spec) -> spec.async().once());
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
			finish(result, 0, 2);
		}

	}

	/** A thread removes the handler and emits, while another thread emits. */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1" }, expect = Expect.ACCEPTABLE, desc = "Only events emitted before the removal")
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
			finish(result, 0, 1);
		}

	}

	/**
	 * The same with a lane: queued events are discarded, and all of them are counted.
	 */
	@JCStressTest
	@State
	@Outcome(id = { "0, 1", "1, 1", "2, 1" }, expect = Expect.ACCEPTABLE,
			desc = "Only events emitted before the removal")
	public static class AsyncUnsubscribe extends Scene {

		public AsyncUnsubscribe() {
			super(HandlerSpec.Builder::async);
			emit();
		}

		@Actor
		public void emitter() {
			emitAndWork();
		}

		@Actor
		public void leaver() {
			this.subscription.close();
			emit();
		}

		@Arbiter
		public void result(II_Result result) {
			finish(result, 0, 2);
		}

	}

	/**
	 * A subscription replaces a route in steady use, while another thread emits on it.
	 * The counts of the retired route must not be lost.
	 */
	@JCStressTest
	@State
	@Outcome(id = "3, 1", expect = Expect.ACCEPTABLE, desc = "All counted once")
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

}
