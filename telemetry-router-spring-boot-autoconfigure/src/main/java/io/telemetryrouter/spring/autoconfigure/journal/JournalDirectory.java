package io.telemetryrouter.spring.autoconfigure.journal;

import java.nio.file.Path;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * The directory of the journal as configured.
 */
final class JournalDirectory {

	private JournalDirectory() {
	}

	/**
	 * Returns the directory, unless it begins with a name that only a shell replaces, as
	 * in {@code ~/journal} and {@code $HOME/journal}.
	 */
	static Path of(TelemetryRouterJournalProperties properties) {
		Path directory = properties.directory();
		String first = directory.isAbsolute() ? "" : directory.getName(0).toString();
		if (first.startsWith("~") || first.startsWith("$")) {
			String home = first.equals("~") ? "${user.home}"
					: first.startsWith("$") ? "${" + first.substring(1) + "}" : "/home/" + first.substring(1);
			throw new InvalidConfigurationPropertyValueException("telemetry-router.journal.directory", directory,
					"No shell replaces '" + first
							+ "' here, and a folder with this name is hardly meant: use a path like '" + home
							+ directory.toString().substring(first.length()) + "'.");
		}
		return directory;
	}

}
