package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Names;

/**
 * Matches event names. Names are dot-separated segments; in a pattern {@code *} stands
 * for exactly one segment and a trailing {@code **} for one or more, so that {@code **}
 * alone matches every name. A text without wildcards matches only itself. Immutable and
 * thread-safe.
 * <p>
 * Matching scans the name once and allocates nothing. The router matches a tracked name
 * when it compiles its route, not at each emit.
 *
 * @since 0.1.0
 */
public final class EventPattern {

	/**
	 * The pattern {@code **}, which matches every name.
	 */
	public static final EventPattern ALL = new EventPattern("**", Kind.ALL);

	private final String text;

	private final Kind kind;

	private EventPattern(String text, Kind kind) {
		this.text = text;
		this.kind = kind;
	}

	/**
	 * Parses a name or pattern.
	 * @param text the text
	 * @return the pattern
	 * @throws IllegalArgumentException if the text is null, blank or malformed, begins or
	 * ends with a space, or has a comma; the message names the error and its correction
	 */
	public static EventPattern parse(String text) {
		requireText(text, "name or pattern");
		if (text.equals(ALL.text)) {
			return ALL;
		}
		if (text.indexOf('*') < 0) {
			return new EventPattern(text, Kind.EXACT);
		}
		int start = 0;
		while (start <= text.length()) {
			int end = endOfSegment(text, start);
			checkSegment(text, text.substring(start, end), end == text.length());
			start = end + 1;
		}
		return new EventPattern(text, Kind.PATTERN);
	}

	private static void checkSegment(String text, String segment, boolean last) {
		if (segment.equals("**") && !last) {
			throw new IllegalArgumentException("Event pattern " + Names.quoted(text)
					+ " has '**' before its end: use '*' for each single segment there");
		}
		if (segment.indexOf('*') >= 0 && !segment.equals("*") && !segment.equals("**")) {
			throw new IllegalArgumentException(
					"Event pattern " + Names.quoted(text) + " mixes '*' with text in segment '" + segment
							+ "': a wildcard stands for a whole segment, as in 'model.*'");
		}
	}

	/**
	 * Checks the name of an event. Names are dot-separated segments of any content;
	 * segments may be empty.
	 * @param name the name
	 * @throws IllegalArgumentException if the name is null or blank, begins or ends with
	 * a space, or has a wildcard or a comma; the message names the error and its
	 * correction
	 */
	public static void requireName(@Nullable String name) {
		String text = requireText(name, "name");
		if (text.indexOf('*') >= 0) {
			throw new IllegalArgumentException("Event name " + Names.quoted(text)
					+ " has a wildcard: give one plain name; only subscriptions take patterns");
		}
	}

	private static String requireText(@Nullable String text, String kind) {
		if (text == null || text.isBlank()) {
			throw new IllegalArgumentException("Event " + kind + " must not be null or blank");
		}
		if (isSpace(text.charAt(0)) || isSpace(text.charAt(text.length() - 1))) {
			throw new IllegalArgumentException(
					"Event " + kind + " " + Names.quoted(text) + " begins or ends with a space: remove it");
		}
		if (text.indexOf(',') >= 0) {
			throw new IllegalArgumentException(
					"Event " + kind + " " + Names.quoted(text) + " has a comma: give each name by itself, not a list");
		}
		return text;
	}

	private static boolean isSpace(char ch) {
		return Character.isWhitespace(ch) || Character.isSpaceChar(ch);
	}

	private static int endOfSegment(String text, int start) {
		int dot = text.indexOf('.', start);
		return (dot >= 0) ? dot : text.length();
	}

	/**
	 * Returns whether a name matches.
	 * @param name the event's name
	 * @return {@code true} if it matches
	 */
	public boolean matches(String name) {
		return switch (this.kind) {
			case EXACT -> this.text.equals(name);
			case ALL -> true;
			case PATTERN -> matchesSegments(name);
		};
	}

	private boolean matchesSegments(String name) {
		String pattern = this.text;
		int p = 0;
		int n = 0;
		while (p <= pattern.length()) {
			if (n > name.length()) {
				return false;
			}
			int pEnd = endOfSegment(pattern, p);
			int nEnd = endOfSegment(name, n);
			int length = pEnd - p;
			if (length == 2 && pattern.startsWith("**", p)) {
				return true;
			}
			boolean wildcard = length == 1 && pattern.charAt(p) == '*';
			if (!wildcard && (length != nEnd - n || !pattern.regionMatches(p, name, n, length))) {
				return false;
			}
			p = pEnd + 1;
			n = nEnd + 1;
		}
		return n > name.length();
	}

	/**
	 * {@return whether this is a plain name, without wildcards}
	 */
	public boolean isExact() {
		return this.kind == Kind.EXACT;
	}

	/**
	 * {@return the rank among handlers of equal priority: an exact name (0) before a
	 * pattern (1) before {@code **} (2)}
	 */
	public int rank() {
		return switch (this.kind) {
			case EXACT -> 0;
			case PATTERN -> 1;
			case ALL -> 2;
		};
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof EventPattern that && this.text.equals(that.text);
	}

	@Override
	public int hashCode() {
		return this.text.hashCode();
	}

	/**
	 * {@return the text that was parsed}
	 */
	@Override
	public String toString() {
		return this.text;
	}

	private enum Kind {

		EXACT, PATTERN, ALL

	}

}
