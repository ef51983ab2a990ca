package io.telemetryrouter.spring.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Guesses what a misspelt name was meant to be.
 */
final class NearestName {

	private NearestName() {
	}

	/**
	 * Finds the name that was probably meant.
	 * @param unknown the name that was written, in uniform form
	 * @param settings the known names by their uniform form
	 * @return a known name, or {@code null} if none is near
	 */
	static @Nullable String of(String unknown, Map<String, String> settings) {
		String nearest = null;
		int least = 1 + unknown.length() / 3;
		for (Map.Entry<String, String> setting : settings.entrySet()) {
			int distance = distance(unknown, setting.getKey());
			if (distance <= least) {
				least = distance - 1;
				nearest = setting.getValue();
			}
		}
		return nearest;
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
