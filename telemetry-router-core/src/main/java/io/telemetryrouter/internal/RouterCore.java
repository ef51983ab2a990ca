package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.ref.ReferenceQueue;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.dispatch.SyncCall;
import io.telemetryrouter.internal.dispatch.LoopedCalls;
import io.telemetryrouter.internal.dispatch.DispatchCount;
import io.telemetryrouter.internal.dispatch.Route;
import io.telemetryrouter.internal.dispatch.RouteTable;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.Watchdog;
import io.telemetryrouter.internal.lane.LaneExecutor;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.Notes;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.HandlerRegistry;

/**
 * What the parts of one router share.
 *
 * @since 0.1.0
 */
public final class RouterCore {

	static {
		// A class that is first needed by a thread without stack is broken from then on,
		// for all threads.
		List<Class<?>> neededByEmit = List.of(DispatchStack.class, Envelope.class, EventStatistics.class,
				LatencyHistogram.class, LatencyHistogram.Stripe.class, Notes.class, DispatchCount.class,
				LoopedCalls.class, SyncCall.class, Route.class, RouteTable.class, HandlerRegistry.Candidate.class,
				DropReason.class, CompletableFuture.class, LockSupport.class, LongAdder.class, ThreadLocalRandom.class);
		try {
			for (Class<?> type : neededByEmit) {
				MethodHandles.lookup().ensureInitialized(type);
			}
		}
		catch (IllegalAccessException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final RouterSettings settings;

	private final Reporter reporter;

	private final DispatchStacks frames = new DispatchStacks();

	private final EnvelopeSource envelopes;

	private final LaneExecutor executor;

	private final ReferenceQueue<Object> collectedOwners = new ReferenceQueue<>();

	private final HandlerRegistry registry;

	private final Watchdog watchdog;

	public RouterCore(RouterSettings settings) {
		this.settings = settings;
		this.reporter = new Reporter(this);
		this.envelopes = new EnvelopeSource(this);
		this.executor = new LaneExecutor(settings.laneExecutor());
		this.registry = new HandlerRegistry(this);
		this.watchdog = new Watchdog(this);
	}

	public RouterSettings settings() {
		return this.settings;
	}

	public Reporter reporter() {
		return this.reporter;
	}

	public DispatchStacks frames() {
		return this.frames;
	}

	public EnvelopeSource envelopes() {
		return this.envelopes;
	}

	public LaneExecutor executor() {
		return this.executor;
	}

	public HandlerRegistry registry() {
		return this.registry;
	}

	/**
	 * Returns where the references of collected owners turn up.
	 * @return the queue
	 */
	public ReferenceQueue<Object> collectedOwners() {
		return this.collectedOwners;
	}

	Watchdog watchdog() {
		return this.watchdog;
	}

	/**
	 * Returns whether calls of asynchronous handlers may be given up.
	 * @return {@code false} by default
	 */
	public boolean hasHandlerTimeout() {
		return !this.settings.handlerTimeout().isZero();
	}

	public long now() {
		LongSupplier nanoTime = this.settings.nanoTime();
		return (nanoTime != null) ? nanoTime.getAsLong() : System.nanoTime();
	}

	public boolean measured() {
		return this.settings.measureLatency();
	}

}
