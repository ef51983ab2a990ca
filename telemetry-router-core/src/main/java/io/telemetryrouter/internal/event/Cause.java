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
 * An emit during which another emit was made: a node in the tree of nested emits under
 * one outermost emit. It exists only where emits nest. It travels with envelopes, so that
 * the {@link RecursionLimit} holds across lanes. It does not retain payloads: the
 * reference to its envelope is cleared once its id is assigned.
 */
public final class Cause {

	private static final VarHandle ID = VarHandles.field(MethodHandles.lookup(), Cause.class, "id", UUID.class);

	final @Nullable Cause parent;

	private final String event;

	final int depth;

	/** The nested emits of the whole tree so far; shared by its nodes. */
	final AtomicInteger nested;

	private final AtomicInteger reported;

	/** The envelope of the emit, if it has one, until the id is assigned. */
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
	 * Assigns ids to this emit and the emits above it, and releases their envelopes. An
	 * emit without an envelope has not exposed an id yet, so it gets a new one.
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

	/** Claims the single report of this tree: {@code true} for the first caller only. */
	public boolean claimReport() {
		return this.reported.compareAndSet(0, 1);
	}

	/** Returns the event names from the outermost emit to {@code last}, in order. */
	public Deque<String> chain(String last) {
		Deque<String> chain = new ArrayDeque<>();
		chain.addFirst(last);
		for (Cause cause = this; cause != null; cause = cause.parent) {
			chain.addFirst(cause.event);
		}
		return chain;
	}

}
