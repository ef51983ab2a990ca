package io.telemetryrouter.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

import com.sun.management.ThreadMXBean;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.TelemetryRouter;

/**
 * Measures what the router keeps on the heap for a handler and for an event name, in a
 * process of its own for each item: the heap in use after a collection, with many of them
 * and without. Names and lambdas are the user's and exist before.
 *
 * @since 0.1.0
 */
public final class Footprint {

	/** What can be measured. */
	static final List<String> ITEMS = List.of("sync", "sync-own-name", "async", "sync-used", "async-used", "name",
			"event-1", "event-8");

	private static final int COUNT = 10_000;

	private static final int USED_EVENTS = 100;

	private static final PayloadHandler<Object> HANDLER = (event, payload) -> {
	};

	private Footprint() {
	}

	/**
	 * Prints the bytes per item.
	 * @param args the item: see {@link #ITEMS}
	 */
	public static void main(String[] args) {
		System.out.println("bytes=" + measure(args[0]));
	}

	private static long measure(String item) {
		// Classes, and whatever is initialised once
		run(10, Footprint::sync, 1);
		run(10, Footprint::async, 1);
		names(10);
		return switch (item) {
			case "sync" -> run(COUNT, Footprint::sync, 0);
			case "sync-own-name" -> run(COUNT, Footprint::syncOwn, 0);
			case "async" -> run(COUNT, Footprint::async, 0);
			case "sync-used" -> run(COUNT, Footprint::sync, USED_EVENTS);
			case "async-used" -> run(COUNT, Footprint::async, USED_EVENTS);
			case "name" -> names(COUNT);
			case "event-1" -> event(1);
			case "event-8" -> event(8);
			default -> throw new IllegalArgumentException("Unknown item '" + item + "', not one of " + ITEMS);
		};
	}

	private static HandlerSpec<?> sync(int index) {
		return HandlerSpec.on(Usage.EVENT).handler(HANDLER).build();
	}

	private static HandlerSpec<?> syncOwn(int index) {
		return HandlerSpec.on(Usage.EVENT + index).handler(HANDLER).build();
	}

	private static HandlerSpec<?> async(int index) {
		return HandlerSpec.on(Usage.EVENT).async().handler(HANDLER).build();
	}

	/**
	 * Registers handlers, lets them have some events and forgets them.
	 * @param count how many handlers
	 * @param specs creates them
	 * @param events how many events each receives
	 * @return the bytes each keeps
	 */
	private static long run(int count, IntFunction<HandlerSpec<?>> specs, int events) {
		// Few threads for many lanes: idle lanes have none, and stacks are not heap.
		ExecutorService executor = Executors.newFixedThreadPool(2);
		TelemetryRouter router = Routers.builder("on").laneExecutor(executor).build();
		emit(router, 1);
		List<Object> kept = new ArrayList<>(count);
		long before = used();
		for (int i = 0; i < count; i++) {
			kept.add(router.subscribe(specs.apply(i)));
		}
		emit(router, events);
		long after = used();
		if (kept.size() != count) {
			throw new IllegalStateException("Not registered");
		}
		router.close();
		executor.shutdown();
		return (after - before) / count;
	}

	private static void emit(TelemetryRouter router, int events) {
		Usage payload = Usage.sample();
		for (int i = 0; i < events; i++) {
			router.emit(Usage.EVENT, payload);
		}
		if (!router.flush(Duration.ofMinutes(1)).complete()) {
			throw new IllegalStateException("Not flushed");
		}
	}

	private static long names(int count) {
		String[] names = new String[count];
		for (int i = 0; i < count; i++) {
			names[i] = "agent.tool" + i + ".execution";
		}
		TelemetryRouter router = Routers.builder("on").maxEventNames(count + 1).build();
		router.subscribeAll(HANDLER);
		router.emit(Usage.EVENT, null);
		long before = used();
		for (String name : names) {
			router.emit(name, null);
		}
		long after = used();
		router.close();
		return (after - before) / names.length;
	}

	/**
	 * Offers events to lanes whose workers are busy, so that nobody is woken.
	 * @param lanes how many
	 * @return the bytes that the emitting thread allocates for each event
	 */
	private static long event(int lanes) {
		CountDownLatch busy = new CountDownLatch(lanes);
		CountDownLatch end = new CountDownLatch(1);
		TelemetryRouter router = Routers.builder("on").build();
		for (int i = 0; i < lanes; i++) {
			router.subscribe(HandlerSpec.on(Usage.EVENT).async().maxQueue(2 * COUNT).handler((event, payload) -> {
				busy.countDown();
				end.await();
			}).build());
		}
		try {
			router.emit(Usage.EVENT, null);
			busy.await();
			ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
			long before = threads.getCurrentThreadAllocatedBytes();
			for (int i = 0; i < COUNT; i++) {
				router.emit(Usage.EVENT, null);
			}
			return (threads.getCurrentThreadAllocatedBytes() - before) / COUNT;
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
		finally {
			end.countDown();
			router.close();
		}
	}

	private static long used() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			System.gc();
			used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return used;
	}

}
