package io.telemetryrouter.internal.event;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * What the events of one span share. Ids are numbers, and written out on demand.
 */
public final class SpanIdentity {

	private static final AtomicLong numbers = new AtomicLong(ThreadLocalRandom.current().nextLong());

	private final long id = EnvelopeSource.mix(numbers.incrementAndGet());

	public final String name;

	/** The id of the span that it is nested in, or 0. */
	private final long parent;

	public SpanIdentity(String name, @Nullable SpanIdentity parent) {
		this.name = name;
		// Not the parent itself: a chain of spans would never be freed.
		this.parent = (parent != null) ? parent.id : 0;
	}

	/** Returns a hash code, which costs less than that of an object. */
	public int hash() {
		return (int) this.id;
	}

	public String id() {
		return HexFormat.of().toHexDigits(this.id);
	}

	public @Nullable String parentId() {
		return (this.parent != 0) ? HexFormat.of().toHexDigits(this.parent) : null;
	}

}
