package io.telemetryrouter.internal.event;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * An emit during which another one was made: a node in the tree of nested emits under one
 * outermost emit. It exists only where emits nest and travels with envelopes, so that
 * depth and budget hold across lanes. It has names, never payloads.
 */
public final class Cause {

	final @Nullable Cause parent;

	private final String event;

	private final int depth;

	/** Shared by the whole tree: nested emits so far. */
	private final AtomicInteger nested;

	private final AtomicInteger reported;

	Cause(@Nullable Cause parent, String event) {
		this.parent = parent;
		this.event = event;
		this.depth = (parent != null) ? parent.depth + 1 : 1;
		this.nested = (parent != null) ? parent.nested : new AtomicInteger();
		this.reported = (parent != null) ? parent.reported : new AtomicInteger();
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
