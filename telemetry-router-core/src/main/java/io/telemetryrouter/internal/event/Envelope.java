package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.SpanInfo;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * The envelope of one emit, shared by all lanes and handlers that need one.
 * <p>
 * The wall-clock time is read at the emit, so that a later change of the clock has no
 * effect on it. It is stored as a {@code long}, which saves an object.
 * <p>
 * Most emits have no context, tracker, run or span. A subclass has the fields for these,
 * which keeps the common envelope small.
 */
public class Envelope<T> implements TelemetryEvent<T> {

	private static final Long NOT_RECORDED = -1L;

	private static final VarHandle CAUSE = VarHandles.field(MethodHandles.lookup(), Envelope.class, "cause",
			Cause.class);

	private final EnvelopeSource source;

	private final String name;

	private final T payload;

	private final long sequence;

	/** The time of the emit on the router's monotonic clock, in nanoseconds. */
	public final long emittedAt;

	/** Set by the constructor if the emit has a cause itself. */
	private volatile @Nullable Cause cause;

	/** The number of the event in the recording, once it is known. */
	private volatile @Nullable Long recorded;

	/** The wall-clock time of the emit, in nanoseconds since 1970. */
	private final long epochNanos;

	public Envelope(EnvelopeSource source, String name, T payload, long sequence, long emittedAt,
			@Nullable Cause parent) {
		this.source = source;
		this.name = name;
		this.payload = payload;
		this.sequence = sequence;
		this.emittedAt = emittedAt;
		this.epochNanos = source.epochNanos(emittedAt);
		if (parent != null) {
			// Other threads can reach this reference only through the envelope itself.
			this.cause = new Cause(parent, name, this);
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
		return Instant.ofEpochSecond(0, this.epochNanos);
	}

	@Override
	public UUID id() {
		return this.source.id(timestamp(), this.sequence);
	}

	/** Returns this emit as the cause of others: the same object at each call. */
	Cause cause() {
		Cause known = this.cause;
		if (known == null) {
			Cause created = new Cause(null, this.name, this);
			known = CAUSE.compareAndSet(this, null, created) ? created : this.cause;
		}
		return Objects.requireNonNull(known);
	}

	/** Returns the emit that caused this one, or {@code null} for an outermost emit. */
	public @Nullable Cause parent() {
		Cause known = this.cause;
		return (known != null) ? known.parent : null;
	}

	@Override
	public @Nullable UUID causationId() {
		Cause parent = parent();
		return (parent != null) ? parent.id() : null;
	}

	public @Nullable Run run() {
		return null;
	}

	@Override
	public final @Nullable String runId() {
		Run run = run();
		return (run != null) ? run.id : null;
	}

	@Override
	public final @Nullable String parentRunId() {
		Run run = run();
		return (run != null) ? run.parentId : null;
	}

	public @Nullable Object context() {
		return null;
	}

	public @Nullable EmitTracker tracker() {
		return null;
	}

	/**
	 * Sets the number of an event in the recording. A number that is not positive means
	 * that the event is not recorded.
	 */
	public static void recorded(TelemetryEvent<?> event, long number) {
		if (event instanceof Envelope<?> envelope) {
			envelope.recorded = (number > 0) ? number : NOT_RECORDED;
		}
	}

	/**
	 * Marks the event as not recorded, unless its number is set. For the end of the
	 * recorder's work on the event.
	 */
	public final void markNotRecorded() {
		if (this.recorded == null) {
			this.recorded = NOT_RECORDED;
		}
	}

	/**
	 * Returns the number of the event in the recording: 0 while it is unknown, negative
	 * if the event is not recorded.
	 */
	public final long recorded() {
		Long number = this.recorded;
		return (number != null) ? number : 0;
	}

	/** Returns the part of the event that stays in memory while its payload does not. */
	public final SpilledEvent spilled() {
		Object content = this.payload;
		Cause known = this.cause;
		Cause kept = (known != null && known.parent != null) ? known : null;
		if (kept != null) {
			kept.identify(this.source);
		}
		return new SpilledEvent(recorded(), this.sequence, (content != null) ? content.getClass() : null, run(),
				runSequence(), kept, tracker());
	}

	/**
	 * Returns an envelope for an event that the router itself delivers just before this
	 * one. It has the emit time of this one and a negative sequence number.
	 */
	public final <N> Envelope<N> notice(String name, N payload) {
		return new Envelope<>(this.source, name, payload, this.source.unnumbered(), this.emittedAt, null);
	}

	/** Omits the payload, since the text may be logged. */
	@Override
	public String toString() {
		return "TelemetryEvent[name=" + Names.printable(this.name) + ", sequence=" + this.sequence + "]";
	}

	/** The envelope of an emit with a context, a tracker, a run or a span. */
	static final class Accompanied<T> extends Envelope<T> {

		private final @Nullable Object context;

		private final @Nullable EmitTracker tracker;

		private final @Nullable Run run;

		private final long runSequence;

		private final @Nullable SpanMark span;

		Accompanied(EnvelopeSource source, String name, T payload, long sequence, long emittedAt,
				@Nullable Cause parent, @Nullable Object context, @Nullable EmitTracker tracker, @Nullable Run run,
				@Nullable SpanMark span) {
			super(source, name, payload, sequence, emittedAt, parent);
			this.context = context;
			this.tracker = tracker;
			this.run = run;
			this.runSequence = (run != null) ? run.next() : 0;
			this.span = span;
		}

		@Override
		public @Nullable Object context() {
			return this.context;
		}

		@Override
		public @Nullable EmitTracker tracker() {
			return this.tracker;
		}

		@Override
		public @Nullable Run run() {
			return this.run;
		}

		@Override
		public long runSequence() {
			return this.runSequence;
		}

		@Override
		public @Nullable SpanInfo span() {
			return this.span;
		}

	}

	/** The envelope of a recorded event that is replayed or read back. */
	static final class Recorded<T> extends Envelope<T> {

		private final RecordedEvent event;

		private final SpilledEvent known;

		private final boolean replayed;

		Recorded(EnvelopeSource source, T payload, RecordedEvent event, SpilledEvent known, long emittedAt,
				boolean replayed) {
			super(source, event.name(), payload, known.sequence(), emittedAt, null);
			this.event = event;
			this.known = known;
			this.replayed = replayed;
			((Envelope<?>) this).cause = known.cause();
		}

		@Override
		public Instant timestamp() {
			return this.event.timestamp();
		}

		@Override
		public UUID id() {
			return this.event.id();
		}

		@Override
		public @Nullable UUID causationId() {
			return this.event.causationId();
		}

		@Override
		public @Nullable Run run() {
			return this.known.run();
		}

		@Override
		public long runSequence() {
			return this.known.runSequence();
		}

		@Override
		public @Nullable EmitTracker tracker() {
			return this.known.tracker();
		}

		@Override
		public boolean replayed() {
			return this.replayed;
		}

	}

}
