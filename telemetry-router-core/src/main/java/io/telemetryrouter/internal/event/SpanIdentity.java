package io.telemetryrouter.internal.event;

import java.lang.ref.WeakReference;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetrySpan;

/**
 * The data that the events of a span share, with a weak reference to the span object of
 * the user. Ids are stored as numbers, and formatted on demand.
 */
public final class SpanIdentity extends WeakReference<TelemetrySpan> {

	private static final AtomicLong numbers = new AtomicLong(ThreadLocalRandom.current().nextLong());

	private final long id = EnvelopeSource.mix(numbers.incrementAndGet());

	public final String name;

	/** The id of the enclosing span, or 0. */
	private final long parent;

	public final @Nullable String runId;

	/** The time of the start on the router's monotonic clock, in nanoseconds. */
	public final long startedAt;

	public SpanIdentity(TelemetrySpan span, String name, @Nullable SpanIdentity parent, @Nullable Run run,
			long startedAt) {
		super(span);
		this.name = name;
		// Only the ids: references would keep all ancestors and the run reachable.
		this.parent = (parent != null) ? parent.id : 0;
		this.runId = (run != null) ? run.id : null;
		this.startedAt = startedAt;
	}

	public String id() {
		return HexFormat.of().toHexDigits(this.id);
	}

	public @Nullable String parentId() {
		return (this.parent != 0) ? HexFormat.of().toHexDigits(this.parent) : null;
	}

	/** Costs less than the identity hash code of an object. */
	@Override
	public int hashCode() {
		return (int) this.id;
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return this == other;
	}

}
