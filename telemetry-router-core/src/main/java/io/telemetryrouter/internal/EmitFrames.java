package io.telemetryrouter.internal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The frames of all threads that emit or handle, found by their thread at no cost to
 * others and by readers through weak references, so that a frame goes with its thread.
 * <p>
 * The first threads get a lease on a stripe of counters, which returns when their frame
 * is gone. Virtual threads, which come and go by the thousand, get none.
 */
final class EmitFrames {

	private static final int MAX_LEASES = 64;

	private final AtomicInteger probes = new AtomicInteger();

	private final AtomicInteger leases = new AtomicInteger();

	private final Queue<Integer> returnedLeases = new ConcurrentLinkedQueue<>();

	private final Set<FrameReference> frames = ConcurrentHashMap.newKeySet();

	private final ReferenceQueue<EmitFrame> collected = new ReferenceQueue<>();

	private final ThreadLocal<EmitFrame> current = ThreadLocal.withInitial(this::create);

	EmitFrame current() {
		return this.current.get();
	}

	/**
	 * Counts the calls of a handler that have begun and not ended.
	 * @param handler the handler's number
	 * @return the number of calls on all threads
	 */
	int countRunning(long handler) {
		int count = 0;
		for (FrameReference reference : this.frames) {
			EmitFrame frame = reference.get();
			count += (frame != null) ? frame.countRunning(handler) : 0;
		}
		return count;
	}

	/**
	 * Looks at the frames of all threads.
	 * @param action is given each
	 */
	void forEach(Consumer<EmitFrame> action) {
		for (FrameReference reference : this.frames) {
			EmitFrame frame = reference.get();
			if (frame != null) {
				action.accept(frame);
			}
		}
	}

	private EmitFrame create() {
		for (var gone = this.collected.poll(); gone != null; gone = this.collected.poll()) {
			FrameReference reference = (FrameReference) gone;
			this.frames.remove(reference);
			if (reference.lease >= 0) {
				this.returnedLeases.add(reference.lease);
			}
		}
		EmitFrame frame = new EmitFrame(this.probes.getAndIncrement(), lease());
		this.frames.add(new FrameReference(frame, this.collected));
		return frame;
	}

	private int lease() {
		if (isVirtual(Thread.currentThread())) {
			return -1;
		}
		Integer returned = this.returnedLeases.poll();
		if (returned != null) {
			return returned;
		}
		return (this.leases.get() < MAX_LEASES) ? claimLease() : -1;
	}

	private int claimLease() {
		int lease = this.leases.getAndIncrement();
		return (lease < MAX_LEASES) ? lease : -1;
	}

	/**
	 * Virtual threads all are in one group of this name (JDK 21,
	 * {@code Thread.getThreadGroup}).
	 */
	private static boolean isVirtual(Thread thread) {
		ThreadGroup group = thread.getThreadGroup();
		return group != null && "VirtualThreads".equals(group.getName());
	}

	private static final class FrameReference extends WeakReference<EmitFrame> {

		private final int lease;

		FrameReference(EmitFrame frame, ReferenceQueue<EmitFrame> queue) {
			super(frame, queue);
			this.lease = frame.lease;
		}

	}

}
