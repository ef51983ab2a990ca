package io.telemetryrouter.internal.support;

import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Formats durations for log lines and messages: {@code 5 ms}, {@code 3.6 s},
 * {@code 2 min 3.6 s}, {@code 1 h 5 min}.
 */
public final class Durations {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

	private static final long HOUR = TimeUnit.HOURS.toNanos(1);

	private Durations() {
	}

	/** Formats a duration, rounded to its significant digits. */
	public static String printable(Duration duration) {
		return printable(TimeUnit.NANOSECONDS.convert(duration));
	}

	/** Formats nanoseconds, rounded to their significant digits. */
	public static String printable(long nanos) {
		if (nanos < 0) {
			return "-" + printable(-Math.max(nanos, -Long.MAX_VALUE));
		}
		long millis = TimeUnit.MILLISECONDS.toNanos(1);
		if (nanos < millis) {
			return number("%.3f", nanos, millis) + " ms";
		}
		if (nanos < SECOND - millis / 20) {
			return number("%.1f", nanos, millis) + " ms";
		}
		// Rounded before it is split, or the result could have 60 seconds.
		long tenths = SECOND / 10;
		long rounded = (nanos + tenths / 2) / tenths * tenths;
		if (rounded < MINUTE) {
			return number("%.1f", rounded, SECOND) + " s";
		}
		if (rounded < HOUR) {
			return join(rounded / MINUTE + " min", number("%.1f", rounded % MINUTE, SECOND), " s");
		}
		long minutes = (nanos + MINUTE / 2) / MINUTE;
		return join(minutes / 60 + " h", String.valueOf(minutes % 60), " min");
	}

	private static String join(String large, String small, String unit) {
		return small.equals("0") ? large : large + " " + small + unit;
	}

	private static String number(String format, long nanos, long unit) {
		String text = String.format(Locale.ROOT, format, (double) nanos / unit);
		return text.replaceAll("\\.?0+$", "");
	}

}
