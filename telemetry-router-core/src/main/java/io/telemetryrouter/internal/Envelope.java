package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEvent;

/**
 * The envelope of one emit, shared by all lanes and handlers that need one.
 * <p>
 * One clock is read for each envelope, the monotonic one; the wall-clock time is worked
 * out when someone asks, as now less the envelope's age, and then kept.
 */
final class Envelope<T> implements TelemetryEvent<T> {

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
	final long emittedAt;

	final @Nullable Cause parent;

	final @Nullable Object context;

	final @Nullable EmitTracker tracker;

	private volatile @Nullable Cause cause;

	private volatile @Nullable Instant timestamp;

	Envelope(EnvelopeSource source, String name, T payload, long sequence, long emittedAt, @Nullable Cause parent,
			@Nullable Object context, @Nullable EmitTracker tracker) {
		this.source = source;
		this.name = name;
		this.payload = payload;
		this.sequence = sequence;
		this.emittedAt = emittedAt;
		this.parent = parent;
		this.context = context;
		this.tracker = tracker;
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
			Cause created = new Cause(this.parent, this.name);
			known = CAUSE.compareAndSet(this, null, created) ? created : this.cause;
		}
		return Objects.requireNonNull(known);
	}

	/**
	 * Shows no payload, since it ends up in logs.
	 */
	@Override
	public String toString() {
		return "TelemetryEvent[name=" + Names.printable(this.name) + ", sequence=" + this.sequence + "]";
	}

}
