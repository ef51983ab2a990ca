package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A table in a resource: its lines have cells between bars, or comments after a hash.
 */
final class Table {

	private static final Pattern EACH = Pattern.compile("\\[[^]]*]");

	private Table() {
	}

	static List<String[]> read(String resource) throws IOException {
		return text(resource).lines()
			.filter((line) -> !line.startsWith("#"))
			.flatMap(Table::expand)
			.map((line) -> line.split("\\s*\\|\\s*", -1))
			.toList();
	}

	static String text(String resource) throws IOException {
		try (InputStream in = Objects.requireNonNull(Table.class.getResourceAsStream(resource))) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	/**
	 * Expands a group of alternatives to a line for each; equal groups take the same
	 * alternative.
	 */
	static Stream<String> expand(String line) {
		return EACH.matcher(line)
			.results()
			.map(MatchResult::group)
			.findFirst()
			.map((each) -> Stream.of(each.substring(1, each.length() - 1).split("\\|"))
				.flatMap((one) -> expand(line.replace(each, one))))
			.orElse(Stream.of(line));
	}

}
