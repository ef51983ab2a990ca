package io.telemetryrouter;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;

/**
 * Suggests a known name for a misspelt one. Stateless.
 *
 * @since 0.1.0
 */
public final class NearestName {

	private NearestName() {
	}

	/**
	 * Finds the known name with the smallest edit distance. Only letters and digits are
	 * compared, ignoring case; about one in three may differ, but not all. If both names
	 * have the same number of segments, the limit also applies to each segment, so that
	 * {@code tool.started} is not taken for a misspelt {@code model.started}.
	 * @param unknown the possibly misspelt name
	 * @param known the known names
	 * @return a known name other than {@code unknown}, the first of the nearest;
	 * {@code null} if none is near
	 */
	public static @Nullable String of(String unknown, Collection<String> known) {
		String nearest = null;
		String written = uniform(unknown);
		int least = Math.min(tolerated(written), written.length() - 1);
		for (String name : known) {
			String uniform = uniform(name);
			boolean near = Math.abs(uniform.length() - written.length()) <= least && !name.equals(unknown);
			int distance = near ? distance(written, uniform) : Integer.MAX_VALUE;
			if (distance <= least && haveNearSegments(unknown, name)) {
				least = distance - 1;
				nearest = name;
			}
		}
		return nearest;
	}

	private static int tolerated(String written) {
		return 1 + written.length() / 3;
	}

	private static boolean haveNearSegments(String unknown, String name) {
		String[] written = unknown.split("\\.", -1);
		String[] meant = name.split("\\.", -1);
		return written.length != meant.length || IntStream.range(0, written.length)
			.allMatch((i) -> distance(uniform(written[i]), uniform(meant[i])) <= tolerated(uniform(written[i])));
	}

	private static String uniform(String name) {
		return name.replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
	}

	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		for (int j = 0; j <= other.length(); j++) {
			row[j] = j;
		}
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int change = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
			}
		}
		return row[other.length()];
	}

}
