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
 * The handler of a lane: calls the handler and counts the outcome of each event.
 */
public interface LaneTarget extends StuckCallCheck.Watched {

	void invoke(Envelope<?> event) throws Throwable;

	/** Returns whether the handler is the recorder of the router. */
	boolean isRecorder();

	/** Returns the histogram of the time that events wait in the queue. */
	LatencyHistogram queueWait();

	/** Counts an event as offered that comes from the lane and not from an emit. */
	void offered();

	/** Counts a call that returned. {@code nanos} is -1 if calls are not measured. */
	void handled(Envelope<?> event, long nanos, @Nullable SampleBuffer buffer, DispatchStack stack);

	/** Counts and reports a failed call. Never throws once the call is counted. */
	void failed(Envelope<?> event, Throwable error, long nanos, DispatchStack stack);

	/** Like {@link #failed}, for a call that timed out; not on the call's thread. */
	void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack);

	/** Returns whether the circuit breaker is open or half-open. */
	boolean isQuarantined();

	/** Returns whether the current event becomes the probe of a quarantined handler. */
	boolean claimProbe(DispatchStack stack);

	void drop(DropReason reason, @Nullable EmitTracker tracker);

	/**
	 * Returns the payload of a recorded event, given the class of the emitted payload.
	 * @throws Exception if the recording has no such payload
	 */
	Object payload(RecordedEvent event, Class<?> emitted) throws Exception;

	/**
	 * Returns the envelope of an event that an earlier process recorded, counted as
	 * offered, or {@code null} if the handler does not get it.
	 */
	@Nullable Envelope<?> admit(RecordedEvent event);

}
