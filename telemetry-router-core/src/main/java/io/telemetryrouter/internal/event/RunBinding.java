package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * That a thread is inside a run or span. Bindings of scopes and spans form a stack, the
 * innermost first; one that was closed, by whatever thread, is left out by the thread
 * that looks. A binding without a thread is valid on all of them and has no outer one.
 */
public final class RunBinding implements RunContext {

	private static final VarHandle CLOSED = VarHandles.field(MethodHandles.lookup(), RunBinding.class, "closed",
			boolean.class);

	private static final ThreadLocal<RunBinding> CURRENT = new ThreadLocal<>();

	/**
	 * Whether there was ever a binding. Not volatile: a thread that is bound has written
	 * it or was handed a binding by one that has.
	 */
	private static boolean used;

	final @Nullable Run run;

	final @Nullable SpanIdentity span;

	private final @Nullable RunBinding outer;

	/** The id of the thread whose scope this is, 0 for none. */
	private final long thread;

	private volatile boolean closed;

	/** Creates a binding of no thread. */
	public RunBinding(@Nullable Run run, @Nullable SpanIdentity span) {
		this(run, span, null, 0);
	}

	private RunBinding(@Nullable Run run, @Nullable SpanIdentity span, @Nullable RunBinding outer, long thread) {
		this.run = run;
		this.span = span;
		this.outer = outer;
		this.thread = thread;
	}

	/**
	 * Binds a run, a span or both to the calling thread; {@code null} for that which it
	 * has.
	 */
	public static RunBinding open(@Nullable Run run, @Nullable SpanIdentity span) {
		RunBinding outer = current();
		RunBinding binding = new RunBinding((run != null || outer == null) ? run : outer.run,
				(span != null || outer == null) ? span : outer.span, outer, Thread.currentThread().getId());
		DispatchStack stack = DispatchStacks.current();
		if (stack != null && stack.depth != 0) {
			stack.innermost().bound(binding);
		}
		bind(binding);
		return binding;
	}

	/** Ends the binding, from any thread. Returns {@code false} if it had ended. */
	public boolean close() {
		if (!CLOSED.compareAndSet(this, false, true)) {
			return false;
		}
		if (CURRENT.get() == this) {
			bind(this.outer);
		}
		return true;
	}

	/** Puts the thread back to where it was before, unless it has left. */
	void undo() {
		if (this.thread == Thread.currentThread().getId()) {
			restore(this.outer);
		}
	}

	/** Returns the innermost open binding of the calling thread. */
	public static @Nullable RunBinding current() {
		return used ? open(CURRENT.get()) : null;
	}

	@Nullable RunBinding outer() {
		return open(this.outer);
	}

	private static @Nullable RunBinding open(@Nullable RunBinding innermost) {
		RunBinding open = innermost;
		while (open != null && open.closed) {
			open = open.outer;
		}
		return open;
	}

	/**
	 * Puts the thread inside a run, or in none, with no span. Returns the binding to
	 * {@linkplain #restore restore}.
	 */
	public static @Nullable RunBinding enter(@Nullable Run run) {
		if (!used && run == null) {
			return null;
		}
		RunBinding before = CURRENT.get();
		RunBinding next = (run != null) ? run.unscoped : null;
		if (before != next) {
			bind(next);
		}
		return before;
	}

	public static void restore(@Nullable RunBinding before) {
		if (used && CURRENT.get() != before) {
			bind(open(before));
		}
	}

	/** Puts the thread inside a context that was captured by any. */
	public static void set(@Nullable RunBinding captured) {
		bind((captured != null && captured.isForeign()) ? new RunBinding(captured.run, captured.span) : captured);
	}

	private boolean isForeign() {
		return this.thread != 0 && (this.closed || this.thread != Thread.currentThread().getId());
	}

	/** Does not remove the thread-local: looking at it would make it again. */
	private static void bind(@Nullable RunBinding binding) {
		if (binding != null) {
			used = true;
		}
		if (used) {
			CURRENT.set(binding);
		}
	}

	/** Returns the span that the calling thread is inside of. */
	public static @Nullable SpanIdentity currentSpan() {
		RunBinding current = current();
		return (current != null) ? current.span : null;
	}

	@Override
	public @Nullable String runId() {
		return (this.run != null) ? this.run.id : null;
	}

	@Override
	public @Nullable String parentRunId() {
		return (this.run != null) ? this.run.parentId : null;
	}

}
