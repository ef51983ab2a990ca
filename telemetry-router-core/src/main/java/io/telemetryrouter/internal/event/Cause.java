package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.VarHandles;

/**
 * An emit during which another one was made: a node in the tree of nested emits under one
 * outermost emit. It exists only where emits nest and travels with envelopes, so that
 * depth and budget hold across lanes. It has names, never payloads for long.
 */
public final class Cause {

	private static final VarHandle ID = VarHandles.field(MethodHandles.lookup(), Cause.class, "id", UUID.class);

	final @Nullable Cause parent;

	private final String event;

	private final int depth;

	/** Shared by the whole tree: nested emits so far. */
	private final AtomicInteger nested;

	private final AtomicInteger reported;

	/** The envelope of the emit, if it has one and its id was not needed yet. */
	private @Nullable Envelope<?> envelope;

	private volatile @Nullable UUID id;

	Cause(@Nullable Cause parent, String event, @Nullable Envelope<?> envelope) {
		this.parent = parent;
		this.event = event;
		this.envelope = envelope;
		this.depth = (parent != null) ? parent.depth + 1 : 1;
		this.nested = (parent != null) ? parent.nested : new AtomicInteger();
		this.reported = (parent != null) ? parent.reported : new AtomicInteger();
	}

	/**
	 * Gives the emit, and those above it, their ids. Of an emit without an envelope
	 * nobody has seen an id, so it is given one. Then no payload is kept any longer.
	 */
	void identify(EnvelopeSource source) {
		for (Cause cause = this; cause != null && cause.id == null; cause = cause.parent) {
			Envelope<?> of = cause.envelope;
			ID.compareAndSet(cause, null, (of != null) ? of.id() : source.id());
			cause.envelope = null;
		}
	}

	@Nullable UUID id() {
		return this.id;
	}

	/** Returns whether one more emit may be made under this one, and counts it. */
	public boolean permits(int maxDepth, int maxNested) {
		// The count stops at its limit, so that no storm can wrap it.
		return this.depth < maxDepth && this.nested.get() < maxNested && this.nested.incrementAndGet() <= maxNested;
	}

	/** Claims the one report of this tree: {@code true} for the first caller. */
	public boolean claimReport() {
		return this.reported.compareAndSet(0, 1);
	}

	/** Returns the event names in order, from the outermost emit to a new one. */
	public Deque<String> chain(String last) {
		Deque<String> chain = new ArrayDeque<>();
		chain.addFirst(last);
		for (Cause cause = this; cause != null; cause = cause.parent) {
			chain.addFirst(cause.event);
		}
		return chain;
	}

}
