package io.telemetryrouter.journal.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.stream.Stream;

import io.telemetryrouter.journal.JournalQuery;

/**
 * Parsed command line.
 *
 * @param command the command
 * @param directory the journal's folder
 * @param query the lines to select
 * @param follow whether to wait for further lines
 * @param lines the number of last lines that {@code tail} prints first
 */
record Arguments(Command command, Path directory, JournalQuery query, boolean follow, int lines) {

	static final String USAGE = """
			Usage: telemetry-router journal <command> <folder> [options]

			Commands:
			  ls       list the segments
			  cat      print lines, all or those that are selected
			  verify   read all lines and report what is damaged or missing
			  tail     print the last lines; -f waits for further ones

			Options of cat and tail, which select lines:
			  --from <time>    emitted at this time or later, as in 2026-11-27T10:15:30Z
			  --to <time>      emitted before this time
			  --name <name>    with this name, or a name that matches this pattern; may be repeated
			  --run <id>       of this run

			Options of tail:
			  -f               wait for further lines, until interrupted
			  -n <count>       how many lines to begin with (10)

			Exit status: 0 if all is well, 1 if something is damaged or missing, 2 if the journal
			cannot be read, the output cannot be written or the command line is not understood.
			""";

	enum Command {

		LS, CAT, VERIFY, TAIL

	}

	static Arguments parse(List<String> line) {
		List<String> args = split(line);
		if (args.size() < 2 || !args.get(0).equals("journal")) {
			throw new UsageException("Give 'journal', a command and a folder");
		}
		Command command = switch (args.get(1)) {
			case "ls" -> Command.LS;
			case "cat" -> Command.CAT;
			case "verify" -> Command.VERIFY;
			case "tail" -> Command.TAIL;
			default -> throw new UsageException("Unknown command '" + args.get(1) + "'");
		};
		Path directory = null;
		JournalQuery query = JournalQuery.all();
		boolean follow = false;
		int lines = 10;
		for (int i = 2; i < args.size(); i++) {
			String arg = args.get(i);
			if (!arg.startsWith("-")) {
				if (directory != null) {
					throw new UsageException("Unexpected '" + arg + "': there is one folder");
				}
				directory = folder(arg);
			}
			else if (command == Command.TAIL && arg.equals("-f")) {
				follow = true;
			}
			else if (command == Command.LS || command == Command.VERIFY) {
				throw new UsageException("Unknown option '" + arg + "' of " + args.get(1));
			}
			else if (++i == args.size()) {
				throw new UsageException("Option '" + arg + "' has no value");
			}
			else if (command == Command.TAIL && arg.equals("-n")) {
				lines = count(args.get(i));
			}
			else {
				query = select(query, arg, args.get(i));
			}
		}
		if (directory == null) {
			throw new UsageException("Give the journal's folder");
		}
		return new Arguments(command, directory, query, follow, lines);
	}

	/** Depending on the locale, a name may have characters that a path cannot have. */
	private static Path folder(String name) {
		try {
			return Path.of(name);
		}
		catch (InvalidPathException ex) {
			throw new UsageException("'" + name + "' is no path: " + ex.getReason());
		}
	}

	/** Splits an option with an equals sign into the option and its value. */
	private static List<String> split(List<String> line) {
		return line.stream()
			.flatMap((arg) -> arg.startsWith("--") ? Stream.of(arg.split("=", 2)) : Stream.of(arg))
			.toList();
	}

	private static JournalQuery select(JournalQuery query, String option, String value) {
		return switch (option) {
			case "--from" -> query.from(time(option, value));
			case "--to" -> query.before(time(option, value));
			case "--name" -> name(query, value);
			case "--run" -> query.run(value);
			default -> throw new UsageException("Unknown option '" + option + "'");
		};
	}

	private static JournalQuery name(JournalQuery query, String value) {
		try {
			return query.name(value);
		}
		catch (IllegalArgumentException ex) {
			throw new UsageException(String.valueOf(ex.getMessage()));
		}
	}

	private static Instant time(String option, String value) {
		try {
			return Instant.parse(value);
		}
		catch (DateTimeParseException ex) {
			throw new UsageException(
					"Option '" + option + "' needs a time as in 2026-11-27T10:15:30Z, but is '" + value + "'");
		}
	}

	private static int count(String value) {
		try {
			int count = Integer.parseInt(value);
			if (count >= 0) {
				return count;
			}
		}
		catch (NumberFormatException ex) {
			// Reported below.
		}
		throw new UsageException("Option '-n' needs a number, but is '" + value + "'");
	}

}
