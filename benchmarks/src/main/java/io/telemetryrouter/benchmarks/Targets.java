package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The targets in the table {@code targets.txt}, and the verdicts on them.
 */
final class Targets {

	static final String MET = "met";

	private static final Pattern EACH = Pattern.compile("\\[[^]]*]");

	private static final Pattern FASTEST = Pattern.compile("\\{([^}]*)}");

	private final Numbers numbers;

	Targets(Numbers numbers) {
		this.numbers = numbers;
	}

	/** Returns the verdicts on the targets of some groups, or of all. */
	List<Target> judge(List<String> groups) throws IOException {
		return Page.resource("targets.txt")
			.lines()
			.filter((line) -> !line.startsWith("#"))
			.flatMap(Targets::expand)
			.map((line) -> line.split("\\s*\\|\\s*", -1))
			.filter((cells) -> groups.isEmpty() || groups.contains(cells[0]))
			.map((cells) -> judge(cells[1], cells[2], cells[3], cells[4], cells[5]))
			.toList();
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

	private Target judge(String what, String ours, String against, String bound, String unit) {
		String operator = against.matches("(speed|minus) .*") ? against.substring(0, against.indexOf(' ')) : "";
		String other = key(ours, against.substring(operator.length()).strip());
		double value = switch (operator) {
			case "speed" -> this.numbers.compare(other, ours, (theirs, own) -> theirs / own);
			case "minus" -> this.numbers.compare(ours, other, (own, theirs) -> own - theirs);
			default -> against.isEmpty() ? this.numbers.median(ours)
					: this.numbers.compare(ours, other, (own, theirs) -> own / theirs);
		};
		boolean ratio = !against.isEmpty() && !operator.equals("minus");
		String suffix = (ratio || unit.isEmpty()) ? "" : " " + unit;
		return new Target(what, cell(ours, unit), cell(other, unit),
				Double.isNaN(value) ? ""
						: String.format(Locale.ROOT, suffix.isEmpty() ? "%.3f" : "%.2f", value) + suffix,
				bound.replace("<=", "≤").replace(">=", "≥") + suffix,
				verdict(value, Double.parseDouble(bound.substring(3)), bound.startsWith("<=")));
	}

	/** Returns the key of the number that ours is compared with. */
	private String key(String ours, String against) {
		Matcher fastest = FASTEST.matcher(against);
		if (fastest.find()) {
			return Stream.of(fastest.group(1).split(","))
				.map((one) -> key(ours, fastest.replaceFirst(one)))
				.filter(this.numbers.keys()::contains)
				.min(Comparator.comparingDouble(this.numbers::median))
				.orElse("");
		}
		if (!against.matches("\\w+=.*")) {
			return against;
		}
		String key = ours;
		for (String param : against.split(" ")) {
			key = key.replaceFirst(param.substring(0, param.indexOf('=') + 1) + "\\S+", param);
		}
		return key;
	}

	private String cell(String key, String unit) {
		return this.numbers.keys().contains(key) ? (Page.number(this.numbers.median(key)) + " " + unit).strip() : "";
	}

	static String verdict(double value, double bound, boolean most) {
		if (Double.isNaN(value)) {
			return "not run";
		}
		return (most ? value <= bound : value >= bound) ? MET : "**not met**";
	}

	/** A target, the measured numbers, and the verdict. */
	record Target(String what, String ours, String against, String reached, String bound, String verdict) {
	}

}
