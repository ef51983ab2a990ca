package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

import io.telemetryrouter.benchmarks.Targets.Target;

/**
 * Renders the numbers as a page of Markdown.
 */
final class Page {

	private final Numbers numbers;

	private final StringBuilder text = new StringBuilder("# Benchmarks\n\n");

	Page(Numbers numbers) {
		this.numbers = numbers;
	}

	/** Renders the page. */
	String render(Map<String, String> head, List<Target> targets) throws IOException {
		table("| | |", head.entrySet().stream().map((fact) -> row(fact.getKey(), fact.getValue())).toList());
		this.text.append("Times are medians of all rounds, ratios medians of the ratios of each round. "
				+ "[How it is measured](#how-it-is-measured) follows the tables.\n\n");
		if (targets.isEmpty()) {
			this.text.append("**A quick run: it shows that everything runs. The numbers mean nothing.**\n\n");
		}
		else {
			section("Targets", "| what | ours | against | reached | target | |",
					targets.stream()
						.map((target) -> row(target.what(), target.ours(), target.against(), target.reached(),
								target.bound(), target.verdict()))
						.toList());
			long met = targets.stream().filter((target) -> target.verdict().equals(Targets.MET)).count();
			this.text.append("%d of %d met.%n%n".formatted(met, targets.size()));
		}
		try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream("notes.md"))) {
			this.text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
		}
		List<String> rows = new ArrayList<>();
		this.numbers.all()
			.forEach((key, values) -> rows.add(row(key, cell(key), number(Collections.min(values)),
					number(Collections.max(values)), String.valueOf(values.size()))));
		section("All numbers", "| what | median | lowest | highest | rounds |", rows);
		return this.text.toString();
	}

	private void section(String title, String head, List<String> rows) {
		if (!rows.isEmpty()) {
			this.text.append("## ").append(title).append("\n\n");
			table(head, rows);
		}
	}

	private void table(String head, List<String> rows) {
		int columns = head.length() - head.replace("|", "").length() - 1;
		this.text.append(head).append("\n|---").append("|---:".repeat(columns - 1)).append("|\n");
		rows.forEach((row) -> this.text.append(row).append('\n'));
		this.text.append('\n');
	}

	private static String row(String... cells) {
		return "| " + String.join(" | ", cells) + " |";
	}

	private String cell(String key) {
		return this.numbers.has(key) ? number(this.numbers.median(key)) : "-";
	}

	static String number(double value) {
		return String.format(Locale.ROOT, (value < 10) ? "%.2f" : (value < 1000) ? "%.1f" : "%,.0f", value);
	}

}
