package io.telemetryrouter.internal.registry;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ObjIntConsumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;

/**
 * Finds the values that are registered for the patterns that match an event name. The
 * patterns form a tree of segments, so that a look-up does not depend on the number of
 * patterns that do not match. Guarded by the lock of the {@link HandlerRegistry}.
 */
public final class PatternIndex<T> {

	private final Map<String, Set<T>> exact = new HashMap<>();

	private final Node<T> root = new Node<>();

	public void add(EventPattern pattern, T value) {
		if (pattern.isExact()) {
			this.exact.computeIfAbsent(pattern.toString(), (name) -> new LinkedHashSet<>(2)).add(value);
		}
		else {
			this.root.add(pattern.toString(), 0, value);
		}
	}

	public void remove(EventPattern pattern, T value) {
		String text = pattern.toString();
		if (pattern.isExact()) {
			this.exact.computeIfPresent(text,
					(name, values) -> (values.remove(value) && values.isEmpty()) ? null : values);
		}
		else {
			this.root.remove(text, 0, value);
		}
	}

	/** Returns whether an exact pattern equals the name. */
	boolean names(String name) {
		return this.exact.containsKey(name);
	}

	/**
	 * Passes each value with a pattern that matches a name to an action, together with
	 * the {@linkplain EventPattern#rank() rank} of the pattern. A value with several
	 * matching patterns is passed several times.
	 */
	public void match(String name, ObjIntConsumer<T> action) {
		accept(this.exact.get(name), 0, action);
		this.root.match(name, 0, action);
	}

	public boolean matchesAny(String name) {
		boolean[] found = { this.exact.containsKey(name) };
		if (!found[0]) {
			this.root.match(name, 0, (value, rank) -> found[0] = true);
		}
		return found[0];
	}

	private static <T> void accept(@Nullable Collection<T> values, int rank, ObjIntConsumer<T> action) {
		if (values != null) {
			values.forEach((value) -> action.accept(value, rank));
		}
	}

	/** The patterns that begin with the same segments. */
	private static final class Node<T> {

		/** The nodes by the next segment. No name has a wildcard as a segment. */
		private final Map<String, Node<T>> segments = new HashMap<>(2);

		/** The values of the patterns that end here. */
		private final Set<T> ends = new LinkedHashSet<>(2);

		void add(String pattern, int start, T value) {
			if (start > pattern.length()) {
				this.ends.add(value);
			}
			else {
				String segment = segment(pattern, start);
				this.segments.computeIfAbsent(segment, (key) -> new Node<>())
					.add(pattern, start + segment.length() + 1, value);
			}
		}

		/** Returns whether the node is empty now. */
		boolean remove(String pattern, int start, T value) {
			if (start > pattern.length()) {
				this.ends.remove(value);
			}
			else {
				String segment = segment(pattern, start);
				int next = start + segment.length() + 1;
				this.segments.computeIfPresent(segment, (key, node) -> node.remove(pattern, next, value) ? null : node);
			}
			return this.segments.isEmpty() && this.ends.isEmpty();
		}

		void match(String name, int start, ObjIntConsumer<T> action) {
			if (start > name.length()) {
				accept(this.ends, 1, action);
			}
			else if (!this.segments.isEmpty()) {
				String segment = segment(name, start);
				for (String key : new String[] { segment, "*" }) {
					Node<T> node = this.segments.get(key);
					if (node != null) {
						node.match(name, start + segment.length() + 1, action);
					}
				}
				Node<T> rest = this.segments.get("**");
				if (rest != null) {
					// At the root, the pattern matches all events.
					accept(rest.ends, (start != 0) ? 1 : 2, action);
				}
			}
		}

		private static String segment(String text, int start) {
			int dot = text.indexOf('.', start);
			return text.substring(start, (dot >= 0) ? dot : text.length());
		}

	}

}
