package io.telemetryrouter.internal.event;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * The binding of a thread to a run, a span or both. Bindings of scopes and spans form a
 * stack, the innermost first. Any thread may close a binding; readers skip closed ones. A
 * binding that another thread has closed stays referenced until its thread looks for the
 * current one. A binding of no thread is valid on all threads and has no outer one.
 */
public final class RunBinding implements RunContext {

	private static final VarHandle CLOSED = VarHandles.field(MethodHandles.lookup(), RunBinding.class, "closed",
			boolean.class);

	private static final ThreadLocal<RunBinding> CURRENT = new ThreadLocal<>();

	/**
	 * Whether there was ever a binding. Not volatile: a bound thread wrote it itself, or
	 * received its binding from a thread that wrote it.
	 */
	private static boolean used;

	final @Nullable Run run;

	final @Nullable SpanIdentity span;

	private final @Nullable RunBinding outer;

	/** The id of the thread that opened the binding, or 0 for a binding of no thread. */
	private final long thread;

	private volatile boolean closed;

	/** Creates a binding of no thread, for any thread to use. */
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
	 * Binds a run, a span or both to the calling thread. With {@code null}, the thread
	 * keeps its current one.
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

	/**
	 * Closes the binding. Any thread may call it. Returns {@code false} if it was closed
	 * already.
	 */
	public boolean close() {
		if (!CLOSED.compareAndSet(this, false, true)) {
			return false;
		}
		if (CURRENT.get() == this) {
			bind(this.outer);
		}
		return true;
	}

	/** Restores the outer binding, if called on the thread that opened this one. */
	void undo() {
		if (this.thread == Thread.currentThread().getId()) {
			restore(this.outer);
		}
	}

	/**
	 * Returns the innermost open binding of the calling thread, which releases those that
	 * other threads have closed.
	 */
	public static @Nullable RunBinding current() {
		if (!used) {
			return null;
		}
		RunBinding innermost = CURRENT.get();
		RunBinding open = open(innermost);
		if (open != innermost) {
			bind(open);
		}
		return open;
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
	 * Binds the calling thread to a run without a span, or to none. Returns the former
	 * binding, for {@link #restore}.
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

	/** Binds the calling thread to a context that any thread has captured. */
	public static void set(@Nullable RunBinding captured) {
		bind((captured != null && captured.isForeign()) ? new RunBinding(captured.run, captured.span) : captured);
	}

	private boolean isForeign() {
		return this.thread != 0 && (this.closed || this.thread != Thread.currentThread().getId());
	}

	/**
	 * Sets {@code null} instead of removing the thread-local, because the next read would
	 * create its entry again.
	 */
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
