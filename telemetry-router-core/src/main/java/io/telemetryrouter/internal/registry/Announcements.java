package io.telemetryrouter.internal.registry;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.StuckCallCheck;
import io.telemetryrouter.internal.metrics.LatencyHistogram;

/**
 * Notifies listeners of changes, in order and one call at a time, without a lock: the
 * thread that queues the first of several calls makes them all.
 */
public final class Announcements {

	private final Reporter reporter;

	/** Lets the watchdog detect a hanging call of a listener. */
	public final StuckCallCheck.Callback calls = new StuckCallCheck.Callback("Router listener");

	/** Lets the watchdog detect a hanging latency recorder. */
	public final StuckCallCheck.Callback recorders = new StuckCallCheck.Callback("Latency recorder");

	private final CopyOnWriteArrayList<RouterListener> listeners = new CopyOnWriteArrayList<>();

	private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();

	private final AtomicInteger pending = new AtomicInteger();

	public Announcements(Reporter reporter) {
		this.reporter = reporter;
	}

	/** Queues a call to each present listener. May be called under a lock, for order. */
	void add(Consumer<RouterListener> call) {
		this.listeners.forEach((listener) -> add(listener, call));
	}

	/** Queues a call to one listener. */
	void add(RouterListener listener, Consumer<RouterListener> call) {
		this.queue.add(() -> guarded(call, listener));
	}

	/**
	 * Adds a listener. The caller then queues the calls that announce the existing names
	 * and handlers. It holds all locks of callers of {@code add}, which keeps the order.
	 */
	void addListener(RouterListener listener) {
		this.listeners.add(listener);
	}

	void removeListener(RouterListener listener) {
		this.listeners.remove(listener);
	}

	/**
	 * Makes the queued calls on the thread that emits the first event of a name, in a
	 * dispatch frame of that event.
	 */
	void makeFor(String event) {
		if (!this.queue.isEmpty()) {
			DispatchStacks.inside(event, (frame) -> {
				make();
				return true;
			});
		}
	}

	/** Makes the queued calls, unless another thread does. Never called under a lock. */
	void make() {
		if (this.queue.isEmpty() || this.pending.getAndIncrement() != 0) {
			return;
		}
		int seen = 1;
		do {
			for (Runnable call = this.queue.poll(); call != null; call = this.queue.poll()) {
				make(call);
			}
			seen = this.pending.addAndGet(-seen);
		}
		while (seen != 0);
	}

	private static void make(Runnable call) {
		try {
			call.run();
		}
		catch (Throwable ex) {
			// The report of the failure failed, too. The next call must still be made.
			return;
		}
	}

	/** Announces a handler to a listener, and adds the listener's latency recorders. */
	void announce(Handler handler, HandlerSnapshot snapshot, RouterListener listener) {
		String id = handler.options.id;
		long number = handler.options.number | DispatchFrame.RECORDER;
		listener.handlerAdded(snapshot);
		record(listener, listener.callRecorder(id, false), handler.metrics.latency, number);
		record(listener, listener.callRecorder(id, true), handler.metrics.failedLatency, number);
		if (handler.options.async) {
			record(listener, listener.waitRecorder(id), handler.metrics.queueWait, number);
		}
	}

	/** Announces an event name to a listener, and adds its latency recorder. */
	void announce(EventStatistics event, RouterListener listener) {
		record(listener, listener.eventAdded(event.name), event.latency, this.recorders.handlerNumber());
	}

	private void record(RouterListener listener, @Nullable LongConsumer recorder, LatencyHistogram histogram,
			long number) {
		if (recorder != null) {
			histogram.addRecorder(listener, (nanos) -> record(recorder, nanos, number));
			if (!this.listeners.contains(listener)) {
				// Removed meanwhile, possibly before the recorder was added.
				histogram.removeRecorder(listener);
			}
		}
	}

	private void record(LongConsumer recorder, long nanos, long number) {
		long before = DispatchStacks.show(number);
		try {
			recorder.accept(nanos);
		}
		catch (Throwable ex) {
			this.reporter.callbackFailed("Latency recorder", ex);
		}
		finally {
			DispatchStacks.show(before);
		}
	}

	private void guarded(Consumer<RouterListener> call, RouterListener listener) {
		try {
			if (this.listeners.contains(listener)) {
				this.calls.call(() -> {
					call.accept(listener);
					return true;
				});
			}
		}
		catch (Throwable ex) {
			this.reporter.callbackFailed("Router listener", ex);
		}
	}

}
