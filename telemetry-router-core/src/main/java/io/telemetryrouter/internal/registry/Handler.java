package io.telemetryrouter.internal.registry;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.LaneThread;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.EmitTracker.Outcome;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.Payloads;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.lane.LaneTarget;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;

/**
 * A registered handler and its subscription: {@linkplain HandlerOptions options},
 * {@linkplain Admission admission}, {@linkplain HandlerMetrics metrics},
 * {@linkplain HandlerFailures failures} and, if the handler is asynchronous, a
 * {@linkplain Lane lane}. Counts the outcome of each event.
 */
public final class Handler implements Subscription, LaneTarget {

	public final HandlerOptions options;

	public final Admission admission;

	public final HandlerMetrics metrics;

	private final Recording recording;

	private final HandlerRegistry registry;

	private final @Nullable Lane lane;

	/** {@code null} if quarantine is off or the handler has a limit of events. */
	public final @Nullable CircuitBreaker breaker;

	public final HandlerFailures failures;

	/** {@code null} unless the handler is durable. */
	private final @Nullable DurableProgress progress;

	public final long registeredAt;

	/** The handler timeout, or 0 for none. */
	public final long timeoutNanos;

	/** Whether the watchdog has checked that events are offered to the handler. */
	public boolean judged;

	/** Written under the lock of the {@link HandlerTable}. */
	volatile HandlerTable.State state = HandlerTable.State.ACTIVE;

	Handler(HandlerOptions options, HandlerSpec<?> spec, HandlerServices services, HandlerRegistry registry) {
		this.options = options;
		LaneServices lanes = services.lanes();
		this.recording = lanes.recording();
		this.registry = registry;
		this.registeredAt = lanes.ticker().now();
		this.metrics = new HandlerMetrics(lanes.samples(), !options.async && !lanes.measured());
		this.admission = new Admission(this, options, spec.owner());
		Duration timeout = spec.handlerTimeout();
		this.timeoutNanos = (timeout != null) ? TimeUnit.NANOSECONDS.convert(timeout) : lanes.timeoutNanos();
		this.lane = options.async ? new Lane(this, options.maxQueue, options.overflow, spec.concurrency(), spec.gaps(),
				options.durable, lanes.with(options.thread == LaneThread.PLATFORM, this.timeoutNanos)) : null;
		this.breaker = (services.quarantine().enabled() && options.times == 0) ? new CircuitBreaker(this,
				this.admission, services.quarantine(), lanes.reporter(), lanes.clock(), lanes.ticker()) : null;
		this.failures = new HandlerFailures(options, this.metrics, services, this.breaker);
		this.progress = (options.durable && this.lane != null) ? new DurableProgress(options.id, this.lane, lanes)
				: null;
	}

	/**
	 * Starts a durable handler, once the router has its recorder. Removes the handler if
	 * that fails: without its backlog, its lane would never handle an event.
	 */
	public void begin() {
		try {
			if (this.progress != null) {
				this.progress.begin();
			}
		}
		catch (RuntimeException | Error ex) {
			close();
			throw ex;
		}
	}

	/** Lets the lane drain before the close, even if it was paused or not begun. */
	public void drain() {
		pause(false);
		if (this.progress != null && this.lane != null && !this.progress.hasBegun()) {
			this.lane.discard(DropReason.CLOSED);
		}
	}

	@Override
	public boolean isRecorder() {
		return this.options.recorder != null;
	}

	@Override
	public Object payload(RecordedEvent event, Class<?> emitted) throws Exception {
		return this.options.payload(event, emitted);
	}

	@Override
	public @Nullable Envelope<?> admit(RecordedEvent event) {
		return this.admission.admit(event, this.recording);
	}

	public @Nullable Lane lane() {
		return this.lane;
	}

	/** Offers an event to the lane. Returns {@code false} if the emitter has to wait. */
	public boolean offer(Envelope<?> event, DispatchStack stack) {
		return this.lane == null || this.lane.offer(event, stack);
	}

	public void wake() {
		try {
			if (this.lane != null) {
				this.lane.wake();
			}
		}
		catch (Throwable ex) {
			// For example without stack. The event is queued or counted, and the next
			// event or the watchdog wakes the lane: not a failure.
		}
	}

	/** Waits for room for an offered event: see {@link Lane#awaitRoom}. */
	public void awaitRoom(Envelope<?> event, long since, DispatchFrame frame) {
		try {
			if (this.lane != null) {
				this.lane.awaitRoom(event, since);
				this.failures.took("full queue of handler", frame);
			}
		}
		catch (Throwable ex) {
			// As in wake().
			return;
		}
		wake();
	}

	private void invoke(String event, @Nullable Object payload, @Nullable Envelope<?> envelope) throws Throwable {
		Object converted = Payloads.converted(payload, this.options.payloadType, this.options.conversion);
		if (this.options.payloadHandler != null) {
			this.options.payloadHandler.handle(event, Payloads.asIs(converted));
		}
		else if (this.options.eventHandler != null) {
			this.options.eventHandler.handle(Payloads.typed(envelope, converted));
		}
	}

	/** Calls a synchronous handler if it admits the event, else counts the event. */
	public boolean invokeAdmitted(String event, @Nullable Object payload, DispatchFrame frame) throws Throwable {
		if (!this.admission.admit(payload, frame.envelope(), frame)) {
			return false;
		}
		invoke(event, payload, frame.envelope());
		succeeded(frame.stack);
		return true;
	}

	private void succeeded(DispatchStack stack) {
		if (this.breaker != null && this.admission.has(Admission.COUNTED)) {
			this.breaker.returned(stack);
		}
	}

	@Override
	public void invoke(Envelope<?> event) throws Throwable {
		invoke(event.name(), event.payload(), event);
	}

	@Override
	public LatencyHistogram queueWait() {
		return this.metrics.queueWait;
	}

	@Override
	public void offered() {
		this.metrics.counters.add(Counters.OFFERED, 1);
	}

	@Override
	public void handled(Envelope<?> event, long nanos, @Nullable SampleBuffer buffer, DispatchStack stack) {
		succeeded(stack);
		EmitTracker.count(event.tracker(), Outcome.HANDLED);
		if (nanos > this.options.slowNanos) {
			this.failures.slow(event.name(), nanos);
		}
		// Last: if this method throws before, the event is counted as failed.
		if (nanos >= 0) {
			this.metrics.latency.record(nanos, buffer);
		}
		else {
			this.metrics.counters.add(Counters.HANDLED, 1);
		}
	}

	@Override
	public void failed(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
		this.failures.failed(event.name(), event, error, nanos, stack, event.tracker());
	}

	@Override
	public void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
		this.failures.abandoned(event, error, nanos, stack);
	}

	@Override
	public boolean isQuarantined() {
		return this.admission.isQuarantined();
	}

	@Override
	public boolean claimProbe(DispatchStack stack) {
		return this.breaker != null && this.breaker.claim(stack);
	}

	@Override
	public void drop(DropReason reason, @Nullable EmitTracker tracker) {
		// Counting comes last: a method that throws before has not counted the event.
		EmitTracker.count(tracker, Outcome.DROPPED);
		drop(reason, 1);
	}

	public void drop(DropReason reason, long count) {
		this.metrics.counters.drop(reason, count);
	}

	public HandlerAccount account() {
		return this.metrics.account(this.options.number, this.lane);
	}

	@Override
	public StuckCalls stuckCalls() {
		return this.metrics.stuckCalls;
	}

	public boolean isPaused() {
		return (this.lane != null) ? this.lane.isPaused() : this.admission.has(Admission.PAUSED);
	}

	public void pause(boolean paused) {
		if (this.lane == null) {
			this.admission.set(Admission.PAUSED, paused);
		}
		else if (paused) {
			this.lane.pause();
		}
		else {
			this.lane.resume();
		}
	}

	public void check(long now) {
		if (this.admission.isAbandoned() && isActive()) {
			close();
		}
		if (this.lane != null) {
			this.lane.check();
		}
		if (this.progress != null) {
			this.progress.check();
		}
		if (this.breaker != null && this.admission.has(Admission.COUNTED)) {
			this.breaker.relax(now);
		}
	}

	@Override
	public String handlerId() {
		return this.options.id;
	}

	@Override
	public long handlerNumber() {
		return this.options.number;
	}

	@Override
	public boolean isActive() {
		return this.admission.isActive();
	}

	@Override
	public void close() {
		Headroom.require();
		leave(true);
	}

	/**
	 * Closes the lane with the router: drops queued events, gives up running calls. Waits
	 * for the recording until the deadline on the clock of {@link System#nanoTime()}.
	 */
	public void stop(DropReason reason, long deadline) {
		if (this.progress != null) {
			this.progress.end(deadline);
		}
		if (this.lane != null) {
			this.lane.close(reason);
			this.lane.giveUpOverdue(0);
		}
	}

	void leave(boolean discardQueued) {
		this.admission.set(Admission.LEFT, true);
		this.registry.remove(this);
		if (discardQueued) {
			if (this.progress != null) {
				this.progress.end(System.nanoTime() + DurableProgress.LAST_MOVE_NANOS);
			}
			if (this.lane != null) {
				this.lane.discard(DropReason.UNSUBSCRIBED);
			}
			// Only if all events are counted; else the watchdog retires it later.
			this.registry.retire(this);
		}
	}

	@Override
	public String toString() {
		return "Subscription[" + Names.printable(this.options.id) + "]";
	}

}
