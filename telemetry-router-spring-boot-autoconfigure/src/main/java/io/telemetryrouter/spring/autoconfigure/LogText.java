package io.telemetryrouter.spring.autoconfigure;

import java.util.regex.Pattern;

/**
 * Makes names fit for a log line, which they must not forge.
 */
final class LogText {

	private static final int MAX_LENGTH = 120;

	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

	private LogText() {
	}

	static String printable(String text) {
		String cut = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) + "\u2026" : text;
		return UNPRINTABLE.matcher(cut).replaceAll("\uFFFD");
	}

}
