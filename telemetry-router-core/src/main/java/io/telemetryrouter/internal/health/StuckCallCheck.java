package io.telemetryrouter.internal.health;

import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Finds stuck calls without a clock reading by the emitter: a dispatch frame with the
 * same handler and the same number of entries as in the last check is still inside the
 * same call. Each stuck call is reported once, and once more when it has returned.
 */
public final class StuckCallCheck {

	private final long threshold;

	private final LongFunction<@Nullable Watched> handlers;

	private final List<Callback> callbacks;

	private final Reporter reporter;

	private final InstantSource clock;

	private final Ticker ticker;

	/**
	 * The running call of each frame at the last check. Used by the watchdog's thread
	 * only.
	 */
	private IdentityHashMap<DispatchFrame, Sighting> sightings = new IdentityHashMap<>();

	/** Creates a check; {@code threshold} is in nanoseconds, 0 for no check. */
	public StuckCallCheck(long threshold, LongFunction<@Nullable Watched> handlers, List<Callback> callbacks,
			Reporter reporter, InstantSource clock, Ticker ticker) {
		this.threshold = threshold;
		this.handlers = handlers;
		this.callbacks = callbacks;
		this.reporter = reporter;
		this.clock = clock;
		this.ticker = ticker;
	}

	/** Runs the check. Called by the watchdog. */
	public void check() {
		if (this.threshold == 0) {
			return;
		}
		long now = this.ticker.now();
		IdentityHashMap<DispatchFrame, Sighting> seen = new IdentityHashMap<>();
		DispatchStacks.forEach((stack) -> scan(stack, now, seen));
		this.sightings = seen;
		this.callbacks.forEach(this::removeReturned);
	}

	private void scan(DispatchStack stack, long now, IdentityHashMap<DispatchFrame, Sighting> seen) {
		for (DispatchFrame frame : stack.frames()) {
			int entries = frame.entries();
			long number = frame.running();
			if (number == 0) {
				continue;
			}
			Sighting before = this.sightings.get(frame);
			Sighting sighting = (before != null && before.entries == entries && before.number == number) ? before
					: new Sighting(entries, number, now, new AtomicBoolean());
			seen.put(frame, sighting);
			if (now - sighting.since >= this.threshold && sighting.reported.compareAndSet(false, true)) {
				report(stack, frame, sighting, now);
			}
		}
	}

	private void report(DispatchStack stack, DispatchFrame frame, Sighting sighting, long now) {
		Watched watched = watched(sighting.number);
		Thread thread = stack.owner();
		if (watched == null || thread == null) {
			// A handler of another router, or the call has ended just now.
			return;
		}
		String event = frame.event();
		StackTraceElement[] trace = thread.getStackTrace();
		if (!sighting.isCurrent(frame)) {
			// The call has ended meanwhile, and the trace may show another one.
			return;
		}
		long nanos = now - sighting.since;
		StuckCall call = new StuckCall(Names.printable(thread.getName()), Names.printable(event),
				this.clock.instant().minusNanos(nanos), List.of(trace), false);
		String subject = subject(watched, sighting.number);
		watched.stuckCalls()
			.add(new StuckCalls.Entry(subject, call, frame, sighting.since, () -> !sighting.isCurrent(frame)));
		this.reporter.stuck(subject, call, nanos);
	}

	private @Nullable Watched watched(long running) {
		for (Callback callback : this.callbacks) {
			if (callback.handlerNumber() == running) {
				return callback;
			}
		}
		return (running > 0) ? this.handlers.apply(DispatchFrame.handler(running)) : null;
	}

	private static String subject(Watched watched, long running) {
		if (running < 0) {
			return watched.handlerId();
		}
		String handler = "handler " + Names.quoted(watched.handlerId());
		if ((running & DispatchFrame.CONDITION) != 0) {
			return "Condition of " + handler;
		}
		if ((running & DispatchFrame.CARRIER) != 0) {
			return "Context carrier of " + handler;
		}
		boolean recorder = (running & DispatchFrame.RECORDER) != 0;
		return recorder ? "Latency recorder of " + handler : Reporter.named(watched.handlerId());
	}

	/** Removes and reports the stuck calls of a handler that have returned. */
	public void removeReturned(Watched handler) {
		for (StuckCalls.Entry entry : handler.stuckCalls().entries) {
			if (entry.ended().getAsBoolean()) {
				handler.stuckCalls().remove(entry);
				this.reporter.returned(entry.subject(), entry.call(), this.ticker.now() - entry.since(),
						handler.stuckCalls().returns());
			}
		}
	}

	/** A handler whose calls are checked. */
	public interface Watched {

		String handlerId();

		/** Returns the number of the handler, which is unique in the process. */
		long handlerNumber();

		StuckCalls stuckCalls();

	}

	/**
	 * User code that emitters call and that belongs to the whole router, not to one
	 * handler. It has a negative number.
	 */
	public record Callback(String handlerId, long handlerNumber, StuckCalls stuckCalls) implements Watched {

		private static final AtomicLong numbers = new AtomicLong();

		public Callback(String name) {
			this(name, numbers.decrementAndGet(), new StuckCalls());
		}

		/**
		 * Calls the code and marks the dispatch frame, so that the watchdog detects a
		 * stuck call.
		 */
		public <R extends @Nullable Object> R call(Supplier<R> code) {
			long before = DispatchStacks.show(this.handlerNumber);
			try {
				return code.get();
			}
			finally {
				DispatchStacks.show(before);
			}
		}

	}

	/** A call that was seen running. Used by the watchdog's thread only. */
	private record Sighting(int entries, long number, long since, AtomicBoolean reported) {

		boolean isCurrent(DispatchFrame frame) {
			return frame.running() == this.number && frame.entries() == this.entries;
		}

	}

}
