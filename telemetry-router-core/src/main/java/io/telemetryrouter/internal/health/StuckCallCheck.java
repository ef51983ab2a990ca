package io.telemetryrouter.internal.health;

import java.time.InstantSource;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Finds calls that have not ended, so that emitters need no clock for that: a frame that
 * shows the same handler and the same number of entries as before is inside the same
 * call. Each call is reported once, and once more when it has returned.
 */
public final class StuckCallCheck implements Watchdog.Check {

	private final long threshold;

	private final LongFunction<@Nullable Watched> handlers;

	private final Reporter reporter;

	private final InstantSource clock;

	private final Ticker ticker;

	/** The call that each frame was inside of. Used by the watchdog's thread only. */
	private IdentityHashMap<DispatchFrame, Sighting> sightings = new IdentityHashMap<>();

	/** Creates a check; {@code threshold} is in nanoseconds, 0 for no check. */
	public StuckCallCheck(long threshold, LongFunction<@Nullable Watched> handlers, Reporter reporter,
			InstantSource clock, Ticker ticker) {
		this.threshold = threshold;
		this.handlers = handlers;
		this.reporter = reporter;
		this.clock = clock;
		this.ticker = ticker;
	}

	@Override
	public void check() {
		if (this.threshold == 0) {
			return;
		}
		long now = this.ticker.now();
		IdentityHashMap<DispatchFrame, Sighting> seen = new IdentityHashMap<>();
		DispatchStacks.forEach((stack) -> scan(stack, now, seen));
		this.sightings = seen;
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
		Watched handler = this.handlers.apply(sighting.number);
		Thread thread = stack.owner();
		if (handler == null || thread == null) {
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
		handler.stuckCalls().add(new StuckCalls.Entry(call, frame, sighting.since, () -> !sighting.isCurrent(frame)));
		this.reporter.stuck(handler.handlerId(), call, nanos);
	}

	/** Removes and reports the stuck calls of a handler that have returned. */
	public void removeReturned(Watched handler) {
		for (StuckCalls.Entry entry : handler.stuckCalls().entries) {
			if (entry.ended().getAsBoolean()) {
				handler.stuckCalls().remove(entry);
				this.reporter.returned(handler.handlerId(), entry.call(), this.ticker.now() - entry.since());
			}
		}
	}

	/** A handler whose calls are checked. */
	public interface Watched {

		String handlerId();

		/** Returns the number that tells the handler from all others of the process. */
		long handlerNumber();

		StuckCalls stuckCalls();

	}

	/** A call that was seen running. Used by the watchdog's thread only. */
	private record Sighting(int entries, long number, long since, AtomicBoolean reported) {

		boolean isCurrent(DispatchFrame frame) {
			return frame.running() == this.number && frame.entries() == this.entries;
		}

	}

}
