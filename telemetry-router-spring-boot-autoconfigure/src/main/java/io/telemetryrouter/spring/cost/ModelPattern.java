package io.telemetryrouter.spring.cost;

/**
 * A pattern of model names. Each {@code *} matches any text, including the empty one.
 *
 * @param text the pattern
 */
record ModelPattern(String text) {

	boolean matches(String model) {
		return covers(this.text, 0, model, 0);
	}

	/**
	 * Returns whether this pattern matches every name that another pattern matches. That
	 * is the case if it matches the other's text, since only a wildcard matches a
	 * {@code *} there.
	 */
	boolean covers(ModelPattern other) {
		return covers(this.text, 0, other.text, 0);
	}

	private static boolean covers(String pattern, int p, String text, int t) {
		if (p == pattern.length()) {
			return t == text.length();
		}
		if (pattern.charAt(p) == '*') {
			return covers(pattern, p + 1, text, t) || (t < text.length() && covers(pattern, p, text, t + 1));
		}
		return t < text.length() && pattern.charAt(p) == text.charAt(t) && covers(pattern, p + 1, text, t + 1);
	}

	/**
	 * Returns whether some model name matches both patterns.
	 */
	boolean overlaps(ModelPattern other) {
		return overlaps(this.text, 0, other.text, 0);
	}

	private static boolean overlaps(String one, int i, String other, int j) {
		if (i == one.length() && j == other.length()) {
			return true;
		}
		if (i < one.length() && one.charAt(i) == '*') {
			return overlaps(one, i + 1, other, j) || (j < other.length() && overlaps(one, i, other, j + 1));
		}
		if (j < other.length() && other.charAt(j) == '*') {
			return overlaps(one, i, other, j + 1) || (i < one.length() && overlaps(one, i + 1, other, j));
		}
		return i < one.length() && j < other.length() && one.charAt(i) == other.charAt(j)
				&& overlaps(one, i + 1, other, j + 1);
	}

}
