package io.telemetryrouter.internal.registry;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.LastSeen;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.RecentFailures;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Throttle;

/**
 * The counts and latencies of a handler. Thread-safe.
 * <p>
 * Offered events and their outcomes are counted separately, so that the account is a real
 * check. Only if the calls of a synchronous handler are not measured, the number of
 * handled events is derived from the other counts.
 */
public final class HandlerMetrics {

	/** Also counts the calls that returned, if calls are measured. */
	public final LatencyHistogram latency = new LatencyHistogram();

	public final LatencyHistogram failedLatency = new LatencyHistogram();

	/** Empty unless the handler is asynchronous. */
	public final LatencyHistogram queueWait = new LatencyHistogram();

	public final Counters counters = new Counters();

	public final RecentFailures failures = new RecentFailures();

	public final LastSeen lastSeen = new LastSeen();

	public final StuckCalls stuckCalls = new StuckCalls();

	/** {@code null} until the first report: most handlers never have one. */
	private @Nullable Throttles throttles;

	/**
	 * The routes to the handler. They hold offered events that are not reconciled yet.
	 */
	public final Set<OfferedEvents> routes = ConcurrentHashMap.newKeySet(1);

	private final SampleBuffers samples;

	/** Whether handled calls are not counted but derived from the other counts. */
	final boolean derived;

	/** Written once, by the {@link HandlerTable}; {@code null} until it retires this. */
	volatile @Nullable HandlerAccount last;

	HandlerMetrics(SampleBuffers samples, boolean derived) {
		this.samples = samples;
		this.derived = derived;
	}

	/** Returns the account, which does not change any more once it is retired. */
	HandlerAccount account(long handler, @Nullable Lane lane) {
		HandlerAccount current = read(handler, lane);
		// Read after the counts: a handler that retires meanwhile may have moved them.
		HandlerAccount known = this.last;
		return (known != null) ? known : current;
	}

	/**
	 * Reads the account, outcomes before offered events: an event in flight then shows as
	 * missing, and never as handled before it was offered, or hidden by a later event.
	 */
	private HandlerAccount read(long handler, @Nullable Lane lane) {
		this.samples.record();
		long handled = this.latency.count() + this.counters.get(Counters.HANDLED);
		long failed = this.counters.get(Counters.FAILED);
		long filtered = this.counters.get(Counters.FILTERED);
		Map<DropReason, Long> dropped = this.counters.dropped();
		for (OfferedEvents route : this.routes) {
			route.reconcile();
		}
		long offered = this.counters.get(Counters.OFFERED);
		HandlerAccount account = new HandlerAccount(offered, handled, failed, filtered, dropped,
				(lane != null) ? lane.size() : 0, 0);
		if (account.isBalanced()) {
			return account;
		}
		long running = DispatchStacks.countRunning(handler);
		if (this.derived) {
			handled = Math.max(0, offered - failed - filtered - account.droppedTotal() - running);
		}
		return new HandlerAccount(offered, handled, failed, filtered, dropped, account.queued(), running);
	}

	/** Releases the sample buffers. No call is counted any more. */
	void release() {
		histograms().forEach(this.samples::release);
	}

	void removeRecorders(RouterListener listener) {
		histograms().forEach((histogram) -> histogram.removeRecorder(listener));
	}

	private List<LatencyHistogram> histograms() {
		return List.of(this.latency, this.failedLatency, this.queueWait);
	}

	synchronized Throttles throttles() {
		Throttles known = (this.throttles != null) ? this.throttles
				: new Throttles(new Throttle(), new Throttle(), new Throttle(), new Throttle());
		this.throttles = known;
		return known;
	}

	public void resetMaxima() {
		histograms().forEach((histogram) -> histogram.resetMax(this.samples));
	}

	/** The limits of a handler's log lines. */
	record Throttles(Throttle failures, Throttle conditions, Throttle mismatches, Throttle slow) {
	}

}
