package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.telemetryrouter.benchmarks.Targets.Target;
import io.telemetryrouter.benchmarks.Targets.Verdict;

/**
 * The numbers as a page of Markdown.
 */
final class Page {

	private final Numbers numbers;

	private final StringBuilder text = new StringBuilder("# Benchmarks\n\n");

	Page(Numbers numbers) {
		this.numbers = numbers;
	}

	/**
	 * Renders the page.
	 * @param head facts about the run, by name
	 * @param targets the targets to show
	 * @return the page
	 * @throws IOException if the notes cannot be read
	 */
	String render(Map<String, String> head, List<Target> targets) throws IOException {
		table("| | |", head.entrySet().stream().map((fact) -> row(fact.getKey(), fact.getValue())).toList());
		this.text.append("Times are medians of all rounds, ratios medians of the ratios of each round. "
				+ "[How it is measured](#how-it-is-measured) follows the tables.\n\n");
		section("Targets", "| what | ours | against | reached | target | |",
				targets.stream()
					.map((target) -> row(target.what(), target.ours(), target.against(), target.reached(),
							target.bound(), target.verdict().toString()))
					.toList());
		if (targets.isEmpty()) {
			this.text.append("**A quick run: it shows that everything runs. The numbers mean nothing.**\n\n");
		}
		else {
			this.text.append("%d of %d met.%n%n".formatted(
					targets.stream().filter((target) -> target.verdict() == Verdict.MET).count(), targets.size()));
		}
		sync();
		async();
		try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream("notes.md"))) {
			this.text.append(new String(in.readAllBytes(), StandardCharsets.UTF_8)).append('\n');
		}
		all();
		return this.text.toString();
	}

	private void sync() {
		List<String> rows = new ArrayList<>();
		for (String measuring : List.of("off", "on")) {
			titles().forEach((by, title) -> {
				String one = "SyncBenchmark.emit by=" + by + " handlers=1 measuring=" + measuring;
				String eight = one.replace("handlers=1", "handlers=8");
				if (this.numbers.has(one)) {
					rows.add(row(title + suffix(by, measuring), median(one), median(eight), median(one + " B"),
							median(eight + " B")));
				}
			});
		}
		section("Synchronous emit on one route, ns", "| what | 1 handler | 8 handlers | B/op, 1 | B/op, 8 |", rows);
	}

	private static String suffix(String by, String measuring) {
		if (Set.of("reactor", "greenrobot", "mbassador", "guava", "spring").contains(by)) {
			return measuring.equals("on") ? ", a timer a handler" : ", raw";
		}
		return ", measuring " + measuring;
	}

	private void async() {
		List<String> rows = new ArrayList<>();
		for (String measuring : List.of("off", "on")) {
			titles().forEach((by, title) -> {
				String one = "AsyncBenchmark.handOff by=" + by + " measuring=" + measuring + " producers=1";
				String two = one.replace("producers=1", "producers=2");
				if (this.numbers.has(one)) {
					rows.add(row(title + (by.equals("router") ? ", measuring " + measuring : ""), median(one),
							median(two), median(one + " B")));
				}
			});
		}
		section("Hand-off to one lane, ns an event", "| what | 1 producer | 2 producers | B/event |", rows);
	}

	private static Map<String, String> titles() {
		Map<String, String> titles = new LinkedHashMap<>();
		titles.put("hand", "loop by hand");
		titles.put("exact", "ours, exact name");
		titles.put("pattern", "ours, pattern");
		titles.put("all", "ours, `**`");
		titles.put("type", "ours, by `EventType`");
		titles.put("listener", "ours, `@TelemetryListener`");
		titles.put("prometheus", "ours, with Prometheus");
		titles.put("histogram", "ours, with a Prometheus histogram");
		titles.put("router", "ours");
		titles.put("jctools", "JCTools MPSC with parking");
		titles.put("pool", "`ThreadPoolExecutor`, bounded");
		titles.put("disruptor", "Disruptor, blocking wait");
		titles.put("reactor", "Reactor");
		titles.put("greenrobot", "greenrobot EventBus");
		titles.put("mbassador", "MBassador");
		titles.put("guava", "Guava EventBus");
		titles.put("spring", "Spring `publishEvent`");
		return titles;
	}

	private void all() {
		List<String> rows = new ArrayList<>();
		this.numbers.all()
			.forEach((key, values) -> rows.add(row(key, median(key), number(Collections.min(values)),
					number(Collections.max(values)), String.valueOf(values.size()))));
		section("All numbers", "| what | median | lowest | highest | rounds |", rows);
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

	private String median(String key) {
		return this.numbers.has(key) ? number(this.numbers.median(key)) : "-";
	}

	static String number(double value) {
		return String.format(Locale.ROOT, (value < 10) ? "%.2f" : (value < 1000) ? "%.1f" : "%,.0f", value);
	}

}
