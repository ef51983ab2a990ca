package io.telemetryrouter.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.telemetryrouter.PayloadHandler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a dispatch costs at least: a map look-up and a loop by hand, without and with the
 * clock; and the same where the emit is counted, its depth bounded and the handler that
 * runs visible to other threads.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class LimitBenchmark {

	@Param({ "1", "8" })
	public int handlers;

	private final ThreadLocal<Frame> frames = ThreadLocal.withInitial(Frame::new);

	private final Map<String, Limit> routes = new ConcurrentHashMap<>();

	private final Usage payload = Usage.sample();

	private final String event = Usage.EVENT;

	/**
	 * Prepares the routes.
	 */
	@Setup
	public void setUp() {
		this.routes.put(Pollution.EVENT, new Limit(Observers.CLASSES));
		Pollution.run(() -> {
			emit(Pollution.EVENT, this.payload);
			emitTimed(Pollution.EVENT, this.payload);
			emitCounted(Pollution.EVENT, this.payload);
			emitTimedCounted(Pollution.EVENT, this.payload);
		});
		this.routes.put(this.event, new Limit(this.handlers));
	}

	@Benchmark
	public void untimed() {
		emit(this.event, this.payload);
	}

	@Benchmark
	public void timed() {
		emitTimed(this.event, this.payload);
	}

	@Benchmark
	public void counted() {
		emitCounted(this.event, this.payload);
	}

	@Benchmark
	public void timedCounted() {
		emitTimedCounted(this.event, this.payload);
	}

	private void emit(String event, Object payload) {
		Limit route = this.routes.get(event);
		if (route != null) {
			route.dispatch(event, payload);
		}
	}

	private void emitTimed(String event, Object payload) {
		Limit route = this.routes.get(event);
		if (route != null) {
			route.dispatchTimed(event, payload);
		}
	}

	private void emitCounted(String event, Object payload) {
		Limit route = this.routes.get(event);
		if (route != null) {
			Frame frame = this.frames.get();
			if (frame.enter(route)) {
				try {
					route.dispatchCounted(event, payload, frame);
				}
				finally {
					frame.exit();
				}
			}
		}
	}

	private void emitTimedCounted(String event, Object payload) {
		Limit route = this.routes.get(event);
		if (route != null) {
			Frame frame = this.frames.get();
			if (frame.enter(route)) {
				try {
					route.dispatchTimedCounted(event, payload, frame);
				}
				finally {
					frame.exit();
				}
			}
		}
	}

	/** What is kept of a thread by hand. */
	static final class Frame {

		private static final VarHandle RUNNING;

		private static final VarHandle PASSES;

		static {
			try {
				MethodHandles.Lookup lookup = MethodHandles.lookup();
				RUNNING = lookup.findVarHandle(Frame.class, "running", long.class);
				PASSES = lookup.findVarHandle(Limit.class, "passes", long.class);
			}
			catch (ReflectiveOperationException ex) {
				throw new ExceptionInInitializerError(ex);
			}
		}

		private static final int MAX_DEPTH = 32;

		private int depth;

		private long running;

		boolean enter(Limit route) {
			PASSES.setOpaque(route, route.passes + 1);
			if (this.depth == MAX_DEPTH) {
				return false;
			}
			this.depth++;
			return true;
		}

		void running(long handler) {
			RUNNING.setOpaque(this, handler);
		}

		void exit() {
			running(0);
			this.depth--;
		}

		long running() {
			return this.running;
		}

	}

	/** A route by hand. */
	static final class Limit {

		private final PayloadHandler<Object>[] handlers;

		private final long[] nanos;

		private long total;

		private long failed;

		/** How many emits; here there is one thread. */
		private long passes;

		Limit(int count) {
			this(Observers.raw(count));
		}

		@SuppressWarnings({ "unchecked", "rawtypes" })
		Limit(List<Observers.Observer> observers) {
			this.handlers = observers.stream().map(Observers::lambda).toArray(PayloadHandler[]::new);
			this.nanos = new long[this.handlers.length];
		}

		void dispatch(String event, Object payload) {
			for (PayloadHandler<Object> handler : this.handlers) {
				try {
					handler.handle(event, payload);
				}
				catch (Throwable ex) {
					this.failed++;
				}
			}
		}

		void dispatchTimed(String event, Object payload) {
			long before = System.nanoTime();
			for (int i = 0; i < this.handlers.length; i++) {
				try {
					this.handlers[i].handle(event, payload);
				}
				catch (Throwable ex) {
					this.failed++;
				}
				long now = System.nanoTime();
				this.nanos[i] += now - before;
				before = now;
			}
		}

		void dispatchCounted(String event, Object payload, Frame frame) {
			for (int i = 0; i < this.handlers.length; i++) {
				frame.running(i + 1L);
				try {
					this.handlers[i].handle(event, payload);
				}
				catch (Throwable ex) {
					this.failed++;
				}
			}
		}

		void dispatchTimedCounted(String event, Object payload, Frame frame) {
			long start = System.nanoTime();
			long before = start;
			for (int i = 0; i < this.handlers.length; i++) {
				frame.running(i + 1L);
				try {
					this.handlers[i].handle(event, payload);
				}
				catch (Throwable ex) {
					this.failed++;
				}
				long now = System.nanoTime();
				this.nanos[i] += now - before;
				before = now;
			}
			this.total += before - start;
		}

		long failed() {
			return this.failed;
		}

	}

}
