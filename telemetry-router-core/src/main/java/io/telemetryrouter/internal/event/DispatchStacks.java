package io.telemetryrouter.internal.event;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Headroom;

/**
 * The frames of all threads that emit or handle, found by their thread at no cost to
 * others. A frame goes with its thread, and all go with the router: a thread that
 * outlives the router may keep what it has in its thread locals for good, so that is a
 * weak reference, and no class of ours. (Else it would keep our class loader.)
 * <p>
 * The first threads get a lease on a stripe of counters, which returns when their frame
 * is gone. Virtual threads, which come and go by the thousand, get none.
 *
 * @since 0.1.0
 */
public final class DispatchStacks {

	private static final int MAX_LEASES = 64;

	/** A power of two. */
	private static final int QUICK = 256;

	private final AtomicInteger probes = new AtomicInteger();

	private final AtomicInteger leases = new AtomicInteger();

	private final Queue<Integer> returnedLeases = new ConcurrentLinkedQueue<>();

	private final Set<FrameReference> frames = ConcurrentHashMap.newKeySet();

	private final ReferenceQueue<Thread> collected = new ReferenceQueue<>();

	private final ThreadLocal<WeakReference<DispatchStack>> current = ThreadLocal.withInitial(this::create);

	/**
	 * Frames of threads with a lease by the id of the thread, which is quicker than the
	 * thread local. Of threads that meet in one place, the first has it.
	 */
	private final @Nullable FrameReference[] quick = new FrameReference[QUICK];

	public DispatchStack current() {
		Thread thread = Thread.currentThread();
		// A race is harmless: what a thread finds of its own it has put there itself.
		FrameReference reference = this.quick[quick(thread)];
		if (reference != null && reference.refersTo(thread)) {
			return reference.frame;
		}
		// Held by its thread's entry in frames
		return Objects.requireNonNull(this.current.get().get());
	}

	/**
	 * Counts the calls of a handler that have begun and not ended.
	 * @param handler the handler's number
	 * @return the number of calls on all threads
	 */
	public int countRunning(long handler) {
		int count = 0;
		for (FrameReference reference : this.frames) {
			count += reference.frame.countRunning(handler);
		}
		return count;
	}

	/**
	 * Looks at the frames of all threads.
	 * @param action is given each, with its thread
	 */
	public void forEach(BiConsumer<Thread, DispatchStack> action) {
		for (FrameReference reference : this.frames) {
			Thread thread = reference.get();
			if (thread != null) {
				action.accept(thread, reference.frame);
			}
		}
	}

	/**
	 * Counts what emits that ended early have left.
	 */
	public void payOwed() {
		for (FrameReference reference : this.frames) {
			reference.frame.payOwed();
		}
	}

	private WeakReference<DispatchStack> create() {
		Headroom.require();
		for (var gone = this.collected.poll(); gone != null; gone = this.collected.poll()) {
			FrameReference reference = (FrameReference) gone;
			reference.frame.payOwed();
			this.frames.remove(reference);
			if (this.quick[reference.quick] == reference) {
				this.quick[reference.quick] = null;
			}
			if (reference.frame.lease >= 0) {
				this.returnedLeases.add(reference.frame.lease);
			}
		}
		DispatchStack frame = new DispatchStack(this.probes.getAndIncrement(), lease());
		FrameReference reference = new FrameReference(Thread.currentThread(), frame, this.collected);
		this.frames.add(reference);
		if (frame.lease >= 0 && this.quick[reference.quick] == null) {
			this.quick[reference.quick] = reference;
		}
		return new WeakReference<>(frame);
	}

	private static int quick(Thread thread) {
		return (int) thread.getId() & (QUICK - 1);
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

	/**
	 * Holds a thread's frame until the thread is collected, which the frame must not
	 * hold.
	 */
	private static final class FrameReference extends WeakReference<Thread> {

		private final DispatchStack frame;

		private final int quick;

		FrameReference(Thread thread, DispatchStack frame, ReferenceQueue<Thread> queue) {
			super(thread, queue);
			this.frame = frame;
			this.quick = quick(thread);
		}

	}

}
