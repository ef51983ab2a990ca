package io.telemetryrouter.internal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The frames of all threads that emit or handle, found by their thread at no cost to
 * others and by readers through weak references, so that a frame goes with its thread.
 */
final class EmitFrames {

	private final AtomicInteger probes = new AtomicInteger();

	private final Set<WeakReference<EmitFrame>> frames = ConcurrentHashMap.newKeySet();

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
		for (WeakReference<EmitFrame> reference : this.frames) {
			EmitFrame frame = reference.get();
			count += (frame != null) ? frame.countRunning(handler) : 0;
		}
		return count;
	}

	private EmitFrame create() {
		for (var gone = this.collected.poll(); gone != null; gone = this.collected.poll()) {
			this.frames.remove(gone);
		}
		EmitFrame frame = new EmitFrame(this.probes.getAndIncrement());
		this.frames.add(new WeakReference<>(frame, this.collected));
		return frame;
	}

}
