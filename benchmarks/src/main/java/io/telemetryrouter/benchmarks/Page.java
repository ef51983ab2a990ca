package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.benchmarks.Results.Result;

/**
 * The page of a report. What did not run is left out.
 */
final class Page {

	private static final String MISSING = "-";

	private static final String[] ON_OFF = { "off", "on" };

	private static final List<String> PEERS = List.of("reactor", "greenrobot", "mbassador", "guava", "spring");

	private static final Map<String, String> TITLES = Map.of("reactor", "Reactor", "greenrobot", "greenrobot EventBus",
			"mbassador", "MBassador", "guava", "Guava EventBus", "spring", "Spring `publishEvent`", "router", "ours",
			"threadPool", "`ThreadPoolExecutor`, `LinkedBlockingQueue`", "jctools", "JCTools MPSC with parking",
			"disruptor", "Disruptor, blocking wait");

	private final Results results;

	private final Properties footprint;

	private final Properties startup;

	private final Properties environment;

	private final boolean quick;

	private final StringBuilder text = new StringBuilder();

	private final int cores;

	Page(Results results, Properties footprint, Properties startup, Properties environment, boolean quick) {
		this.results = results;
		this.footprint = footprint;
		this.startup = startup;
		this.environment = environment;
		this.quick = quick;
		this.cores = results.all().stream().mapToInt(Result::threads).max().orElse(1);
	}

	String render() {
		line("# Benchmarks");
		line("");
		if (this.quick) {
			line("**A quick run: it shows that everything runs. The times mean nothing.**");
			line("");
		}
		head();
		if (!this.quick) {
			targets();
		}
		sync();
		async();
		scale();
		memory();
		notes();
		raw();
		return this.text.toString();
	}

	private void head() {
		line("| | |");
		line("|---|---|");
		line("| date | " + this.environment.getProperty("date", MISSING) + " |");
		line("| machine | " + this.environment.getProperty("machine", MISSING) + ", "
				+ this.environment.getProperty("os", MISSING) + " |");
		line("| JDK | " + this.environment.getProperty("jdk", MISSING) + " |");
		line("| command | `" + this.environment.getProperty("command", MISSING) + "` |");
		line("| took | " + this.environment.getProperty("minutes", MISSING) + " min, load average "
				+ this.environment.getProperty("load.start", MISSING) + " before, "
				+ this.environment.getProperty("load.end", MISSING) + " after |");
		line("");
		line("Times are medians over all iterations. *Limits* are what the JVM allows at least, by hand. "
				+ "[How it is measured](#how-it-is-measured) follows the tables.");
		line("");
	}

	private void targets() {
		List<Target> targets = new Targets(this.results, this.footprint, this.startup, this.cores).all();
		if (targets.isEmpty()) {
			return;
		}
		line("## Targets");
		line("");
		line("| what | ours | against | ratio | target | |");
		line("|---|---:|---:|---:|---:|---|");
		for (Target target : targets) {
			line("| " + target.what() + " | " + target.ours() + " | " + target.against() + " | " + target.ratio()
					+ " | " + target.target() + " | " + target.verdict() + " |");
		}
		long met = targets.stream().filter((target) -> target.verdict() == Verdict.MET).count();
		long unreachable = targets.stream().filter((target) -> target.verdict() == Verdict.OUT_OF_REACH).count();
		line("");
		line(met + " of " + targets.size() + " met" + ((unreachable > 0) ? ", " + unreachable + " out of reach" : "")
				+ ".");
		line("");
	}

	private void sync() {
		List<String> rows = new ArrayList<>();
		row(rows, "limit, untimed", "LimitBenchmark.untimed");
		row(rows, "limit, untimed, counted", "LimitBenchmark.counted");
		for (String route : List.of("exact", "pattern", "all")) {
			row(rows, "ours, measuring off, " + route + " route", "SyncBenchmark.emit", "measuring", "off", "route",
					route);
		}
		row(rows, "ours, measuring off, by `EventType`", "TypedBenchmark.emit", "measuring", "off");
		row(rows, "ours, measuring off, `@TelemetryListener`", "ListenerBenchmark.emit", "kind", "listener",
				"measuring", "off");
		for (String peer : PEERS) {
			row(rows, TITLES.get(peer) + ", raw", "PeerBenchmark." + peer, "timer", "none");
		}
		row(rows, "limit, timed", "LimitBenchmark.timed");
		row(rows, "limit, timed, counted", "LimitBenchmark.timedCounted");
		for (String route : List.of("exact", "pattern", "all")) {
			row(rows, "ours, measuring on, " + route + " route", "SyncBenchmark.emit", "measuring", "on", "route",
					route);
		}
		row(rows, "ours, measuring on, by `EventType`", "TypedBenchmark.emit", "measuring", "on");
		row(rows, "ours, measuring on, `@TelemetryListener`", "ListenerBenchmark.emit", "kind", "listener", "measuring",
				"on");
		row(rows, "ours, measuring on, Micrometer with Prometheus", "MetersBenchmark.emit", "meters", "bound");
		row(rows, "ours, measuring on, and a histogram", "MetersBenchmark.emit", "meters", "histogram");
		for (String peer : PEERS) {
			row(rows, TITLES.get(peer) + ", a timer per handler", "PeerBenchmark." + peer, "timer", "handler");
		}
		table("## Synchronous emit, ns", "| what | 1 handler | 8 handlers | B/op, 1 | B/op, 8 |",
				"|---|---:|---:|---:|---:|", rows);
	}

	private void row(List<String> rows, String what, String name, String... params) {
		Result one = this.results.find(name, with(params, "handlers", "1"));
		Result eight = this.results.find(name, with(params, "handlers", "8"));
		if (one != null || eight != null) {
			rows.add("| " + what + " | " + score(one) + " | " + score(eight) + " | " + bytes(one) + " | " + bytes(eight)
					+ " |");
		}
	}

	private void async() {
		for (String full : List.of("wait", "drop")) {
			List<String> rows = new ArrayList<>();
			for (String contender : List.of("jctools", "limit", "router", "threadPool", "reactor", "disruptor",
					"guava")) {
				if (!contender.equals("router") && !contender.equals("limit")) {
					asyncRow(rows, title(contender), full, contender);
					continue;
				}
				for (String measuring : ON_OFF) {
					asyncRow(rows, title(contender) + ", measuring " + measuring, full, contender, "measuring",
							measuring);
				}
			}
			if (full.equals("wait")) {
				table("## Asynchronous hand-off, producers wait for room",
						"| what | 1 producer, ns | 2 producers, ns | 1, M events/s | 2, M events/s | B/event | dropped |",
						"|---|---:|---:|---:|---:|---:|---:|", rows);
			}
			else {
				table("## Asynchronous hand-off, a full queue drops",
						"| what | 1 producer, ns per event offered | M events/s handled | B/event | dropped |",
						"|---|---:|---:|---:|---:|", rows);
			}
		}
		List<String> rows = new ArrayList<>();
		for (String lanes : List.of("1", "8")) {
			Result result = this.results.find("FanOutBenchmark.emit", "lanes", lanes, "measuring", "on");
			if (result != null) {
				rows.add("| " + lanes + " | " + score(result) + " | " + bytes(result) + " |");
			}
		}
		table("## One event to several lanes", "| lanes | ns per event | B/event |", "|---:|---:|---:|", rows);
	}

	private static String title(String contender) {
		return switch (contender) {
			case "guava" -> "Guava AsyncEventBus over that executor";
			case "reactor" -> "Reactor `publishOn`";
			case "limit" -> "limit: JCTools with time and count";
			default -> Objects.requireNonNullElse(TITLES.get(contender), contender);
		};
	}

	private void asyncRow(List<String> rows, String what, String full, String contender, String... params) {
		String name = "AsyncBenchmark." + contender;
		Result one = this.results.find(name, with(with(params, "full", full), "producers", "1"));
		Result two = this.results.find(name, with(with(params, "full", full), "producers", "2"));
		Result any = (one != null) ? one : two;
		if (any == null) {
			return;
		}
		String dropped = format("%.1f %%", any.droppedShare() * 100);
		if (full.equals("wait")) {
			rows.add("| " + what + " | " + score(one) + " | " + score(two) + " | " + handled(one) + " | " + handled(two)
					+ " | " + bytes(any) + " | " + dropped + " |");
		}
		else {
			rows.add("| " + what + " | " + score(any) + " | " + handled(any) + " | " + bytes(any) + " | " + dropped
					+ " |");
		}
	}

	private static String handled(@Nullable Result result) {
		return (result != null) ? format("%.2f", (1 - result.droppedShare()) * 1000 / result.median()) : MISSING;
	}

	private void scale() {
		List<String> rows = new ArrayList<>();
		Stream.of("1", "8", "64", "512")
			.forEach((handlers) -> cells(rows, handlers,
					this.results.find("LimitBenchmark.untimed", "handlers", handlers), sync(handlers, "off"),
					this.results.find("LimitBenchmark.timed", "handlers", handlers), sync(handlers, "on")));
		table("## Handlers on one route, ns",
				"| handlers | limit, untimed | ours, measuring off | limit, timed | ours, measuring on |",
				"|---:|---:|---:|---:|---:|", rows);
		rows.clear();
		Stream.of("1", "100", "10000")
			.forEach((names) -> cells(rows, names,
					this.results.find("NamesBenchmark.one", "names", names, "measuring", "off"),
					this.results.find("NamesBenchmark.one", "names", names, "measuring", "on"),
					this.results.find("NamesBenchmark.limitInTurn", "names", names),
					this.results.find("NamesBenchmark.inTurn", "names", names, "measuring", "on")));
		table("## Event names registered, one handler each, ns",
				"| names | one name, measuring off | one name, measuring on | all in turn, limit untimed | all in turn, measuring on |",
				"|---:|---:|---:|---:|---:|", rows);
		rows.clear();
		Stream.of(1, this.cores)
			.distinct()
			.forEach((threads) -> cells(rows, String.valueOf(threads),
					this.results.find(threads, "ThreadsBenchmark.limit"), threads(threads, "sameName", "off"),
					threads(threads, "ownName", "off"), threads(threads, "sameName", "on"),
					threads(threads, "ownName", "on")));
		table("## Threads that emit to eight handlers, emits per µs",
				"| threads | limit, untimed | same name, off | own names, off | same name, on | own names, on |",
				"|---:|---:|---:|---:|---:|---:|", rows);
		rows.clear();
		for (String names : List.of("same", "own")) {
			for (String count : List.of("1000", "10000")) {
				cells(rows, count + " of " + (names.equals("same") ? "the same name" : "their own names"),
						this.results.find("RegistrationBenchmark.register", "count", count, "names", names),
						this.results.find("RegistrationBenchmark.registerAndRemove", "count", count, "names", names));
			}
		}
		table("## Registering handlers, µs", "| handlers | register | register and remove |", "|---|---:|---:|", rows);
	}

	private @Nullable Result sync(String handlers, String measuring) {
		return this.results.find("SyncBenchmark.emit", "handlers", handlers, "measuring", measuring, "route", "exact");
	}

	private @Nullable Result threads(int threads, String method, String measuring) {
		return this.results.find(threads, "ThreadsBenchmark." + method, "measuring", measuring);
	}

	private void cells(List<String> rows, String what, @Nullable Result... cells) {
		if (Stream.of(cells).allMatch(Objects::isNull)) {
			return;
		}
		StringBuilder row = new StringBuilder("| ").append(what).append(" |");
		for (Result cell : cells) {
			row.append(' ').append(score(cell)).append(" |");
		}
		rows.add(row.toString());
	}

	private void memory() {
		List<String> rows = new ArrayList<>();
		Map<String, String> titles = new TreeMap<>(
				Map.of("sync", "handler, idle", "sync-own-name", "handler, idle, with a name of its own", "async",
						"asynchronous handler, idle", "sync-used", "handler after 100 events", "async-used",
						"asynchronous handler after 100 events", "name", "event name that was emitted once"));
		for (String item : Footprint.ITEMS) {
			String bytes = this.footprint.getProperty(item);
			if (bytes != null && titles.containsKey(item)) {
				rows.add("| " + titles.get(item) + " | " + bytes + " |");
			}
		}
		table("## Memory, bytes retained", "| what | bytes |", "|---|---:|", rows);
		rows.clear();
		startupRow(rows, "ready, with the router", "ready.with");
		startupRow(rows, "ready, without it, the same class path", "ready.without");
		startupRow(rows, "processor time of the main thread, with the router", "cpu.with");
		startupRow(rows, "processor time of the main thread, without it", "cpu.without");
		startupRow(rows, "creating and initialising its beans, in one start", "own.beans");
		startupRow(rows, "reading its configuration classes, where all others have been read", "own.configuration");
		startupRow(rows, "**the router's own part: the sum of these two**", "own");
		table("## Start-up of an empty web application, ms", "| what | ms |", "|---|---:|", rows);
	}

	private void startupRow(List<String> rows, String what, String key) {
		String millis = this.startup.getProperty(key);
		if (millis != null) {
			rows.add("| " + what + " | " + millis + " |");
		}
	}

	private void notes() {
		try (InputStream in = Objects.requireNonNull(Page.class.getResourceAsStream("notes.md"))) {
			line(new String(in.readAllBytes(), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void raw() {
		List<String> rows = new ArrayList<>();
		for (Result result : this.results.all()) {
			rows.add("| " + result.name() + " | " + params(result) + " | "
					+ format("%.1f | %.1f | %.1f", result.median(), result.min(), result.max()) + " | " + result.unit()
					+ " | " + bytes(result) + " |");
		}
		table("## All results", "| benchmark | parameters | median | lowest | highest | unit | B/op |",
				"|---|---|---:|---:|---:|---|---:|", rows);
	}

	private static String params(Result result) {
		List<String> params = new ArrayList<>();
		result.params().forEach((name, value) -> params.add(name + "=" + value));
		if (result.threads() != 1) {
			params.add("threads=" + result.threads());
		}
		return String.join(", ", params);
	}

	private void table(String title, String head, String rule, List<String> rows) {
		if (rows.isEmpty()) {
			return;
		}
		line(title);
		line("");
		line(head);
		line(rule);
		rows.forEach(this::line);
		line("");
	}

	private void line(String line) {
		this.text.append(line).append('\n');
	}

	static String[] with(String[] params, String name, String value) {
		return Stream.concat(Stream.of(params), Stream.of(name, value)).toArray(String[]::new);
	}

	private static String score(@Nullable Result result) {
		return (result != null) ? number(result.median()) : MISSING;
	}

	private static String bytes(@Nullable Result result) {
		return (result != null && !Double.isNaN(result.allocated())) ? format("%.0f", result.allocated()) : MISSING;
	}

	static String number(double value) {
		return format((value < 10) ? "%.2f" : (value < 1000) ? "%.1f" : "%.0f", value);
	}

	static String format(String format, Object... args) {
		return String.format(Locale.ROOT, format, args);
	}

	/**
	 * A target and what was reached.
	 *
	 * @param what what is compared
	 * @param ours our number
	 * @param against the number ours is compared with
	 * @param ratio ours through the other
	 * @param target what the ratio should be
	 * @param verdict whether it is
	 */
	record Target(String what, String ours, String against, String ratio, String target, Verdict verdict) {
	}

	/**
	 * Whether a target is met.
	 */
	enum Verdict {

		MET("met"),

		/** The limit by hand misses it as well, in the same run. */
		OUT_OF_REACH("out of reach: the limit misses it, too"),

		MISSED("**not met**");

		private final String text;

		Verdict(String text) {
			this.text = text;
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

}
