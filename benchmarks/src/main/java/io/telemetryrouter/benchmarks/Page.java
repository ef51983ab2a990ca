package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

import org.openjdk.jmh.util.Statistics;

import io.telemetryrouter.benchmarks.Targets.Target;

/**
 * Renders the numbers of a run as a page of Markdown, with ratios and the verdicts on the
 * targets.
 */
public final class Page {

	private final StringBuilder text = new StringBuilder("# Benchmarks\n\n");

	/**
	 * Prints the page of a run.
	 * @param args the folder of its results; "--quick", or the groups of the targets
	 */
	public static void main(String[] args) throws IOException {
		Path results = Path.of(args[0]);
		Numbers numbers = Numbers.read(results);
		List<String> groups = List.of(args).subList(1, args.length);
		List<Target> targets = groups.contains("--quick") ? List.of() : new Targets(numbers).judge(groups);
		System.out.print(new Page().render(Files.readString(results.resolve("head.md")), numbers, targets));
	}

	/** Renders the page; a quick run has no targets. */
	String render(String head, Numbers numbers, List<Target> targets) throws IOException {
		this.text.append(head)
			.append("\nTimes are medians of all rounds, ratios medians of the ratios of each round. "
					+ "[How it is measured](#how-it-is-measured) follows the tables.\n\n");
		if (targets.isEmpty()) {
			this.text.append("**A quick run: it shows that everything runs. The numbers mean nothing.**\n\n");
		}
		else {
			table("Targets", "| what | ours | against | reached | target | |",
					targets.stream()
						.map((target) -> row(target.what(), target.ours(), target.against(), target.reached(),
								target.bound(), target.verdict())));
			long met = targets.stream().filter((target) -> target.verdict().equals(Targets.MET)).count();
			this.text.append("%d of %d met.%n%n".formatted(met, targets.size()));
		}
		this.text.append(resource("notes.md")).append('\n');
		table("All numbers", "| what | median | lowest | highest | rounds |", numbers.keys().stream().map((key) -> {
			Statistics rounds = numbers.of(key);
			return row(key, number(rounds.getPercentile(50)), number(rounds.getMin()), number(rounds.getMax()),
					String.valueOf(rounds.getN()));
		}));
		return this.text.toString();
	}

	static String resource(String name) throws IOException {
		try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream(name))) {
			return new String(in.readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private void table(String title, String head, Stream<String> rows) {
		int columns = head.length() - head.replace("|", "").length() - 1;
		this.text.append("## ").append(title).append("\n\n").append(head);
		this.text.append("\n|---").append("|---:".repeat(columns - 1)).append("|\n");
		rows.forEach((row) -> this.text.append(row).append('\n'));
		this.text.append('\n');
	}

	private static String row(String... cells) {
		return "| " + String.join(" | ", cells) + " |";
	}

	static String number(double value) {
		return String.format(Locale.ROOT, (value < 10) ? "%.2f" : (value < 1000) ? "%.1f" : "%,.0f", value);
	}

}
