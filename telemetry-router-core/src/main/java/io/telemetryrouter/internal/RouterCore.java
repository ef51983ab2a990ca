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

/**
 * What the parts of one router share.
 */
final class RouterCore {

	static {
		// A class that is first needed by a thread without stack is broken from then on,
		// for all threads.
		List<Class<?>> neededByEmit = List.of(EmitFrame.class, Envelope.class, EventTally.class, LatencyHistogram.class,
				LatencyHistogram.Stripe.class, Notes.class, Passes.class, LoopedCalls.class, HandlerCall.class,
				Route.class, RouteTable.class, HandlerRegistry.Candidate.class, DropReason.class,
				CompletableFuture.class, LockSupport.class, LongAdder.class, ThreadLocalRandom.class);
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

	private final EmitFrames frames = new EmitFrames();

	private final EnvelopeSource envelopes;

	private final LaneExecutor executor;

	private final ReferenceQueue<Object> collectedOwners = new ReferenceQueue<>();

	private final HandlerRegistry registry;

	private final Watchdog watchdog;

	RouterCore(RouterSettings settings) {
		this.settings = settings;
		this.reporter = new Reporter(this);
		this.envelopes = new EnvelopeSource(this);
		this.executor = new LaneExecutor(settings.laneExecutor());
		this.registry = new HandlerRegistry(this);
		this.watchdog = new Watchdog(this);
	}

	RouterSettings settings() {
		return this.settings;
	}

	Reporter reporter() {
		return this.reporter;
	}

	EmitFrames frames() {
		return this.frames;
	}

	EnvelopeSource envelopes() {
		return this.envelopes;
	}

	LaneExecutor executor() {
		return this.executor;
	}

	HandlerRegistry registry() {
		return this.registry;
	}

	/**
	 * Returns where the references of collected owners turn up.
	 * @return the queue
	 */
	ReferenceQueue<Object> collectedOwners() {
		return this.collectedOwners;
	}

	Watchdog watchdog() {
		return this.watchdog;
	}

	/**
	 * Returns whether calls of asynchronous handlers may be given up.
	 * @return {@code false} by default
	 */
	boolean hasHandlerTimeout() {
		return !this.settings.handlerTimeout().isZero();
	}

	long now() {
		LongSupplier nanoTime = this.settings.nanoTime();
		return (nanoTime != null) ? nanoTime.getAsLong() : System.nanoTime();
	}

	boolean measured() {
		return this.settings.measureLatency();
	}

}
