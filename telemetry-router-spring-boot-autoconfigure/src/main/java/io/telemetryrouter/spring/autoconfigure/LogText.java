package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Pattern;

import org.springframework.boot.convert.DurationStyle;

/**
 * Formats values for log lines and messages. Replaces control characters in names, which
 * could otherwise forge log lines.
 */
final class LogText {

	private static final int MAX_LENGTH = 120;

	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

	private static final List<ChronoUnit> UNITS = List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES,
			ChronoUnit.SECONDS, ChronoUnit.MILLIS, ChronoUnit.MICROS);

	private LogText() {
	}

	/**
	 * Formats a duration as in properties, in the largest unit that it is a multiple of.
	 */
	static String duration(Duration duration) {
		for (ChronoUnit unit : UNITS) {
			Duration one = unit.getDuration();
			if (!duration.isZero() && one.multipliedBy(duration.dividedBy(one)).equals(duration)) {
				return DurationStyle.SIMPLE.print(duration, unit);
			}
		}
		return DurationStyle.SIMPLE.print(duration);
	}

	static String printable(String text) {
		String cut = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) + "\u2026" : text;
		return UNPRINTABLE.matcher(cut).replaceAll("\uFFFD");
	}

}
