package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.StuckCallCheck;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.SampleBuffer;

/**
 * A handler as its lane sees it: the call, and the count of each event's outcome.
 */
public interface LaneTarget extends StuckCallCheck.Watched {

	void invoke(Envelope<?> event) throws Throwable;

	/** Returns whether the handler records events for the others. */
	boolean isRecorder();

	/** Returns what records how long events wait in the queue. */
	LatencyHistogram queueWait();

	/** Counts an event that comes from the lane and not from an emit as offered. */
	void offered();

	/**
	 * Counts a call that returned. The nanoseconds are -1 where calls are not measured.
	 */
	void handled(Envelope<?> event, long nanos, @Nullable SampleBuffer buffer, DispatchStack stack);

	/** Counts and reports a failed call. Never throws once it has counted. */
	void failed(Envelope<?> event, Throwable error, long nanos, DispatchStack stack);

	/**
	 * Like {@link #failed}, for a call that timed out, on another thread than its own.
	 */
	void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack);

	/** Returns whether each event asks for a probe. */
	boolean isQuarantined();

	/** Returns whether an event of a quarantined handler may be its probe. */
	boolean claimProbe(DispatchStack stack);

	void drop(DropReason reason, @Nullable EmitTracker tracker);

	/**
	 * Returns the payload of a recorded event that was emitted with one of some class.
	 * @throws Exception if the recording does not have it
	 */
	Object payload(RecordedEvent event, Class<?> emitted) throws Exception;

	/**
	 * Returns an event of an earlier process if the handler gets it, counted as offered.
	 */
	@Nullable Envelope<?> admit(RecordedEvent event);

}
