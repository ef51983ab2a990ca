package io.telemetryrouter.internal.support;

/**
 * Makes names fit for log lines: a long name is shortened and control characters are
 * replaced, so that a name cannot forge a line.
 */
public final class Names {

	private static final int MAX_LENGTH = 120;

	private Names() {
	}

	/** Returns a printable name in single quotes. */
	public static String quoted(String name) {
		return "'" + printable(name) + "'";
	}

	public static String printable(String name) {
		int length = Math.min(name.length(), MAX_LENGTH);
		StringBuilder text = new StringBuilder(length + 1);
		for (int i = 0; i < length; i++) {
			char ch = name.charAt(i);
			int type = Character.getType(ch);
			boolean unprintable = Character.isISOControl(ch) || type == Character.LINE_SEPARATOR
					|| type == Character.PARAGRAPH_SEPARATOR || type == Character.FORMAT || type == Character.SURROGATE;
			text.append(unprintable ? '\uFFFD' : ch);
		}
		if (name.length() > MAX_LENGTH) {
			text.append('\u2026');
		}
		return text.toString();
	}

}
