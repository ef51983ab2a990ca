package io.telemetryrouter.benchmarks;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;

import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.management.ThreadMXBean;
import org.openjdk.jmh.util.ListStatistics;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.TelemetryRouter;

/**
 * Measures the heap that the router retains, in a process of its own for each item: the
 * difference of the heap in use after a collection, with many items and without. Names
 * and lambdas belong to the user and are created before.
 */
public final class Footprint {

	private static final int COUNT = 10_000;

	private static final PayloadHandler<Object> HANDLER = (event, payload) -> {
	};

	private Footprint() {
	}

	/**
	 * Prints the bytes of an item.
	 * @param args "sync" or "async" (an idle handler), "event-1" or "event-8" (the
	 * allocation of an emit for that many lanes), or "wide" with the numbers of names and
	 * of threads
	 */
	public static void main(String[] args) throws InterruptedException {
		if (args[0].equals("wide")) {
			wide(Integer.parseInt(args[1]), Integer.parseInt(args[2]));
			return;
		}
		// Loads classes, and initializes static state.
		handlers(10, (spec) -> spec);
		handlers(10, HandlerSpec.Builder::async);
		Numbers.print("bytes", switch (args[0]) {
			case "sync" -> handlers(COUNT, (spec) -> spec);
			case "async" -> handlers(COUNT, HandlerSpec.Builder::async);
			case "event-1" -> event(1);
			case "event-8" -> event(8);
			default -> throw new IllegalArgumentException("Unknown item '" + args[0] + "'");
		});
	}

	private static double handlers(int count, UnaryOperator<HandlerSpec.Builder<Object>> mode) {
		TelemetryRouter router = Routes.builder("on").build();
		router.emit(Usage.EVENT, null);
		List<Object> kept = new ArrayList<>(count);
		double before = used();
		for (int i = 0; i < count; i++) {
			kept.add(router.subscribe(mode.apply(HandlerSpec.on(Usage.EVENT)).handler(HANDLER).build()));
		}
		double after = used();
		router.close();
		return (after - before) / kept.size();
	}

	/**
	 * Returns the allocation of an emit to lanes. Their workers are busy, so that none is
	 * woken.
	 */
	private static double event(int lanes) throws InterruptedException {
		CountDownLatch busy = new CountDownLatch(lanes);
		CountDownLatch end = new CountDownLatch(1);
		try (TelemetryRouter router = Routes.builder("on").build()) {
			for (int i = 0; i < lanes; i++) {
				router.subscribe(HandlerSpec.on(Usage.EVENT).async().maxQueue(2 * COUNT).handler((event, payload) -> {
					busy.countDown();
					end.await();
				}).build());
			}
			router.emit(Usage.EVENT, null);
			busy.await();
			ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
			double before = threads.getCurrentThreadAllocatedBytes();
			for (int i = 0; i < COUNT; i++) {
				router.emit(Usage.EVENT, null);
			}
			double after = threads.getCurrentThreadAllocatedBytes();
			end.countDown();
			return (after - before) / COUNT;
		}
	}

	/**
	 * Prints the heap of a router with eight handlers after many threads have emitted
	 * many names, and the time of its snapshots.
	 */
	private static void wide(int count, int threads) throws InterruptedException {
		String[] names = Routes.names(count);
		TelemetryRouter router = Routes.builder("on").build();
		for (int i = 0; i < 8; i++) {
			router.subscribeAll(HANDLER);
		}
		double before = used();
		CountDownLatch emitted = new CountDownLatch(threads);
		CountDownLatch end = new CountDownLatch(1);
		for (int i = 0; i < threads; i++) {
			new Thread(() -> {
				Routes.emit(router::emit, names, 0, 24 * names.length);
				emitted.countDown();
				Uninterruptibles.awaitUninterruptibly(end);
			}).start();
		}
		emitted.await();
		Numbers.print("mebibytes", (used() - before) / (1 << 20));
		long[] times = new long[5];
		for (int i = 0; i < times.length; i++) {
			long start = System.nanoTime();
			if (router.snapshot().events().size() < names.length) {
				throw new IllegalStateException("Names are missing");
			}
			times[i] = System.nanoTime() - start;
		}
		Numbers.print("snapshot.millis", new ListStatistics(times).getPercentile(50) / 1e6);
		end.countDown();
		router.close();
	}

	/** Returns the heap in use after a collection, in bytes. */
	static double used() {
		double used = Double.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			System.gc();
			used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return used;
	}

}
