package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.support.Names;

/**
 * The envelope of one emit, shared by all lanes and handlers that need one.
 * <p>
 * One clock is read for each envelope, the monotonic one; the wall-clock time is worked
 * out when someone asks, as now less the envelope's age, and then kept.
 * <p>
 * Most emits are part of nothing and not tracked: what the others have in addition is in
 * a subclass, since an emitter pays for each word that it allocates.
 */
public class Envelope<T> implements TelemetryEvent<T> {

	private static final VarHandle TIMESTAMP;

	private static final VarHandle CAUSE;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			TIMESTAMP = lookup.findVarHandle(Envelope.class, "timestamp", Instant.class);
			CAUSE = lookup.findVarHandle(Envelope.class, "cause", Cause.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final EnvelopeSource source;

	private final String name;

	private final T payload;

	private final long sequence;

	/** When it was emitted, on the router's monotonic clock. */
	public final long emittedAt;

	/** There from the start if the emit has a cause itself. */
	private volatile @Nullable Cause cause;

	private volatile @Nullable Instant timestamp;

	public Envelope(EnvelopeSource source, String name, T payload, long sequence, long emittedAt,
			@Nullable Cause parent) {
		this.source = source;
		this.name = name;
		this.payload = payload;
		this.sequence = sequence;
		this.emittedAt = emittedAt;
		if (parent != null) {
			this.cause = new Cause(parent, name);
		}
	}

	@Override
	public String name() {
		return this.name;
	}

	@Override
	public T payload() {
		return this.payload;
	}

	@Override
	public long sequence() {
		return this.sequence;
	}

	@Override
	public Instant timestamp() {
		Instant known = this.timestamp;
		if (known == null) {
			Instant computed = this.source.timestamp(this.emittedAt);
			known = TIMESTAMP.compareAndSet(this, null, computed) ? computed : this.timestamp;
		}
		return Objects.requireNonNull(known);
	}

	@Override
	public UUID id() {
		return this.source.id(timestamp(), this.sequence);
	}

	/**
	 * Returns this emit as the cause of others, the same for every handler.
	 * @return the cause
	 */
	Cause cause() {
		Cause known = this.cause;
		if (known == null) {
			Cause created = new Cause(null, this.name);
			known = CAUSE.compareAndSet(this, null, created) ? created : this.cause;
		}
		return Objects.requireNonNull(known);
	}

	/**
	 * Returns what this emit was made during.
	 * @return the cause, or {@code null} if it is an outermost one
	 */
	public @Nullable Cause parent() {
		Cause known = this.cause;
		return (known != null) ? known.parent : null;
	}

	/**
	 * Returns what the context carrier captured.
	 * @return the context, or {@code null} if there is none
	 */
	public @Nullable Object context() {
		return null;
	}

	/**
	 * Returns what tracks the emit.
	 * @return the tracker, or {@code null} if nothing does
	 */
	public @Nullable EmitTracker tracker() {
		return null;
	}

	/**
	 * Tells the tracker that a queue has, or is about to have, the event.
	 */
	public final void enqueued() {
		EmitTracker tracker = tracker();
		if (tracker != null) {
			tracker.enqueued();
		}
	}

	/**
	 * Tells the tracker that a queue, and who took it from there, is done with the event.
	 */
	public final void dequeued() {
		EmitTracker tracker = tracker();
		if (tracker != null) {
			tracker.dequeued();
		}
	}

	/**
	 * Shows no payload, since it ends up in logs.
	 */
	@Override
	public String toString() {
		return "TelemetryEvent[name=" + Names.printable(this.name) + ", sequence=" + this.sequence + "]";
	}

	/**
	 * The envelope of an emit that has a context or is tracked.
	 */
	static final class Accompanied<T> extends Envelope<T> {

		private final @Nullable Object context;

		private final @Nullable EmitTracker tracker;

		Accompanied(EnvelopeSource source, String name, T payload, long sequence, long emittedAt,
				@Nullable Cause parent, @Nullable Object context, @Nullable EmitTracker tracker) {
			super(source, name, payload, sequence, emittedAt, parent);
			this.context = context;
			this.tracker = tracker;
		}

		@Override
		public @Nullable Object context() {
			return this.context;
		}

		@Override
		public @Nullable EmitTracker tracker() {
			return this.tracker;
		}

	}

}
