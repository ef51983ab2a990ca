package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.StuckCallCheck;
import io.telemetryrouter.internal.metrics.SampleBuffer;

/**
 * What a lane needs of its handler: to call it, and to count what became of an event.
 */
public interface LaneTarget extends StuckCallCheck.Watched {

	/**
	 * Returns the number that tells the handler from all others of the process.
	 * @return the number
	 */
	long handlerNumber();

	/**
	 * Calls the handler.
	 * @param event the event
	 * @throws Throwable whatever the handler throws
	 */
	void invoke(Envelope<?> event) throws Throwable;

	/**
	 * Counts a call that returned.
	 * @param event the event
	 * @param nanos how long the call took, or -1 where calls are not measured
	 * @param buffer the calling thread's samples, if it has any
	 * @param stack the calling thread's
	 */
	void handled(Envelope<?> event, long nanos, @Nullable SampleBuffer buffer, DispatchStack stack);

	/**
	 * Counts and reports a call that failed. Never throws once it has counted.
	 * @param event the event
	 * @param error what was thrown
	 * @param nanos how long the call took, or -1 where calls are not measured
	 * @param stack the calling thread's
	 */
	void failed(Envelope<?> event, Throwable error, long nanos, DispatchStack stack);

	/**
	 * Counts and reports a call that was given up, on another thread than its own. Never
	 * throws once it has counted.
	 * @param event the event
	 * @param error says so
	 * @param nanos how long the call has taken
	 * @param stack of the call's thread
	 */
	void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack);

	/**
	 * Asks whether an event of a quarantined handler may be its probe.
	 * @param stack the calling thread's
	 * @return whether to call the handler
	 */
	boolean claimProbe(DispatchStack stack);

	/**
	 * Counts an event that is dropped.
	 * @param reason why
	 * @param tracker the emit's, if it is tracked
	 */
	void drop(DropReason reason, @Nullable EmitTracker tracker);

}
