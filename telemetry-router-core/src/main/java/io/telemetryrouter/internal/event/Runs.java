package io.telemetryrouter.internal.event;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Arguments;

/**
 * The runs of a router by id, held by weak references. Thread-safe.
 */
public final class Runs {

	private final ConcurrentHashMap<String, Entry> entries = new ConcurrentHashMap<>();

	private final ReferenceQueue<Run> collected = new ReferenceQueue<>();

	private volatile Consumer<String> endings = (runId) -> {
	};

	/** Sets the callback that receives the id of each run that ends. */
	public void whenEnded(Consumer<String> endings) {
		this.endings = endings;
	}

	/**
	 * Returns the run of this router that the calling thread is inside of. Reads the
	 * thread-local only if a run or span was ever opened.
	 */
	public @Nullable Run current() {
		for (RunBinding at = RunBinding.current(); at != null; at = at.outer()) {
			Run run = at.run;
			if (run != null && run.runs == this) {
				return run;
			}
		}
		return null;
	}

	/**
	 * Returns the run with an id. A new run gets the current run of the thread as its
	 * parent.
	 */
	public Run run(@Nullable String id) {
		Run outer = current();
		return run(id, (outer != null) ? outer.id : null);
	}

	/** Returns the run with an id. A new run gets the given parent. */
	public Run run(@Nullable String id, @Nullable String parentId) {
		String known = Arguments.requireText(id, "runId");
		check();
		while (true) {
			Entry entry = this.entries.get(known);
			Run run = (entry != null) ? entry.get() : null;
			if (run != null) {
				return run;
			}
			Run created = new Run(this, known, known.equals(parentId) ? null : parentId);
			Entry added = new Entry(created, this.collected);
			if ((entry != null) ? this.entries.replace(known, entry, added)
					: this.entries.putIfAbsent(known, added) == null) {
				return created;
			}
		}
	}

	/** Returns the run with an id, or {@code null} if there is none. */
	public @Nullable Run find(@Nullable String id) {
		Entry entry = this.entries.get(Arguments.requireText(id, "runId"));
		return (entry != null) ? entry.get() : null;
	}

	void ended(String id) {
		this.endings.accept(id);
	}

	/** Removes the runs that were garbage-collected, and reports their end. */
	public void check() {
		for (Reference<?> entry = this.collected.poll(); entry != null; entry = this.collected.poll()) {
			String id = ((Entry) entry).id;
			if (this.entries.remove(id, entry)) {
				ended(id);
			}
		}
	}

	private static final class Entry extends WeakReference<Run> {

		private final String id;

		Entry(Run run, ReferenceQueue<Run> collected) {
			super(run, collected);
			this.id = run.id;
		}

	}

}
