package io.telemetryrouter.internal.event;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The id, name and parent id that the events of a span share. Ids are stored as numbers,
 * and formatted on demand.
 */
public final class SpanIdentity {

	private static final AtomicLong numbers = new AtomicLong(ThreadLocalRandom.current().nextLong());

	private final long id = EnvelopeSource.mix(numbers.incrementAndGet());

	public final String name;

	/** The id of the enclosing span, or 0. */
	private final long parent;

	public SpanIdentity(String name, @Nullable SpanIdentity parent) {
		this.name = name;
		// Only the id: a reference would keep all ancestors reachable.
		this.parent = (parent != null) ? parent.id : 0;
	}

	/** Returns a hash code that costs less than the identity hash code of an object. */
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
