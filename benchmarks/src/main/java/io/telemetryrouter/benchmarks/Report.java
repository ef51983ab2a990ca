package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the benchmarks and turns the results into a page of Markdown, with ratios and
 * whether the targets are met.
 * <p>
 * The benchmarks run in rounds, each of them once a round in a process of its own. What
 * is compared most closely runs three times a round and {@linkplain Turns in turn}, so
 * that a machine that is busy for a while does not hit one contender only.
 *
 * @since 0.1.0
 */
public final class Report {

	private static final String USAGE = """
			Usage: java -cp benchmarks.jar io.telemetryrouter.benchmarks.Report [options]
			  --quick         a little of everything in seconds, to see that it runs; times mean nothing
			  --rounds N      how many rounds (default 2)
			  --only A,B      only these groups: sync, peers, async, drops, spring, scale, footprint, startup
			  --dir DIR       where the results of JMH and its logs go (default target/benchmark-report)
			  --from DIR      runs nothing, but renders the results of an earlier run
			  --out FILE      where the page goes (default the console)""";

	/** Kept, for the log manager does not. */
	private static final Logger LOGGER = Logger.getLogger("io.telemetryrouter");

	/**
	 * How often the empty application starts in a round with the router, and how often
	 * without.
	 */
	private static final int STARTS = 10;

	/** Short and many, for the machine to be alike for all who take a turn. */
	private static final TimeValue TURN = TimeValue.milliseconds(100);

	private static final int TURNS = 30;

	private boolean quick;

	private int rounds = 2;

	private final Set<String> only = new TreeSet<>();

	private Path directory = Path.of("target", "benchmark-report");

	private boolean render;

	private Path out = Path.of("");

	private Report() {
	}

	/**
	 * Runs and reports.
	 * @param args the options
	 * @throws Exception if a benchmark fails
	 */
	public static void main(String[] args) throws Exception {
		Report report = new Report();
		if (!report.parse(args)) {
			System.err.println(USAGE);
			System.exit(2);
		}
		if (!report.render) {
			report.run("java -cp benchmarks/target/benchmarks.jar " + Report.class.getName()
					+ ((args.length != 0) ? " " + String.join(" ", args) : ""));
		}
		String page = report.page();
		if (report.out.toString().isEmpty()) {
			System.out.println(page);
		}
		else {
			Files.writeString(report.out, page);
		}
		// Schedulers of peers may have threads that are not daemons
		System.exit(0);
	}

	private boolean parse(String[] args) {
		for (int i = 0; i < args.length; i++) {
			if (args[i].equals("--quick")) {
				this.quick = true;
				this.rounds = 1;
				continue;
			}
			if (i + 1 == args.length) {
				return false;
			}
			String value = args[++i];
			switch (args[i - 1]) {
				case "--rounds" -> this.rounds = Integer.parseInt(value);
				case "--only" -> this.only.addAll(List.of(value.split(",")));
				case "--dir" -> this.directory = Path.of(value);
				case "--out" -> this.out = Path.of(value);
				case "--from" -> {
					this.directory = Path.of(value);
					this.render = true;
				}
				default -> {
					return false;
				}
			}
		}
		return true;
	}

	private boolean wanted(String group) {
		return this.only.isEmpty() || this.only.contains(group);
	}

	private void run(String command) throws IOException, InterruptedException, RunnerException {
		Files.createDirectories(this.directory);
		for (Path old : files("")) {
			Files.delete(old);
		}
		// Of several runs in turn only one is at work.
		System.setProperty("jmh.ignoreLock", "true");
		LOGGER.setLevel(Level.SEVERE);
		long start = System.nanoTime();
		Properties environment = environment(command);
		environment.setProperty("load.start", load());
		List<Properties> with = new ArrayList<>();
		List<Properties> without = new ArrayList<>();
		for (int round = 1; round <= this.rounds; round++) {
			int index = 0;
			for (List<Plan.Work> works : Plan.works(this.quick)) {
				List<Plan.Work> wanted = works.stream().filter((work) -> wanted(work.group())).toList();
				run(wanted, "%02d-%02d".formatted(round, index++));
			}
			if (wanted("startup") && !this.quick) {
				start(with, without);
			}
		}
		if (wanted("footprint") && !this.quick) {
			store("footprint.properties", footprint());
		}
		if (!with.isEmpty()) {
			store("startup.properties", startup(with, without));
		}
		environment.setProperty("load.end", load());
		environment.setProperty("minutes", String.format(Locale.ROOT, "%.1f", (System.nanoTime() - start) / 1e9 / 60));
		store("environment.properties", environment);
	}

	/**
	 * Runs benchmarks, several in turn.
	 */
	private void run(List<Plan.Work> works, String name) throws IOException, RunnerException {
		if (works.size() <= 1) {
			for (Plan.Work work : works) {
				run(work.options(this.quick), name + "-" + work.include());
			}
			return;
		}
		List<CompletableFuture<Void>> runs = new ArrayList<>();
		ExecutorService executor = Executors.newCachedThreadPool();
		try (Turns turns = new Turns()) {
			for (Plan.Work work : works) {
				ChainedOptionsBuilder options = work.options(this.quick)
					.measurementIterations(TURNS)
					.measurementTime(TURN)
					.addProfiler(TurnProfiler.class, String.valueOf(turns.port()));
				String own = "%s-%d-%s".formatted(name, runs.size(), work.include());
				runs.add(CompletableFuture.runAsync(() -> runUnchecked(options, own), executor));
			}
			runs.forEach((run) -> run.exceptionally((ex) -> {
				turns.close();
				return null;
			}));
			turns.give(works.size());
			runs.forEach(CompletableFuture::join);
		}
		catch (IOException ex) {
			// Why nobody came says more.
			runs.stream().filter(CompletableFuture::isCompletedExceptionally).forEach(CompletableFuture::join);
			throw ex;
		}
		finally {
			executor.shutdown();
		}
	}

	private void runUnchecked(ChainedOptionsBuilder options, String name) {
		try {
			run(options, name);
		}
		catch (IOException | RunnerException ex) {
			throw new CompletionException(ex);
		}
	}

	private void run(ChainedOptionsBuilder builder, String name) throws IOException, RunnerException {
		long start = System.nanoTime();
		Path log = this.directory.resolve(name + ".log");
		Options options = builder.addProfiler(GCProfiler.class)
			.shouldFailOnError(true)
			.resultFormat(ResultFormatType.JSON)
			.result(this.directory.resolve(name + ".json").toString())
			.output(log.toString())
			.build();
		try {
			int results = new Runner(options).run().size();
			System.err.printf(Locale.ROOT, "%s: %d results in %.0f s%n", name, results,
					(System.nanoTime() - start) / 1e9);
		}
		catch (RunnerException ex) {
			System.err.println(Files.readString(log));
			throw ex;
		}
	}

	private Properties footprint() throws IOException, InterruptedException {
		Properties properties = new Properties();
		for (String item : Footprint.ITEMS) {
			properties.setProperty(item,
					Child.run(Footprint.class, List.of("-XX:+UseSerialGC", "-Xmx2g"), item).getProperty("bytes"));
		}
		return properties;
	}

	/**
	 * Starts the empty application by turns with the router and without.
	 * @param with what is measured with the router is added to
	 * @param without what is measured without is added to
	 * @throws IOException if a start fails
	 * @throws InterruptedException if interrupted
	 */
	private static void start(List<Properties> with, List<Properties> without)
			throws IOException, InterruptedException {
		for (int i = 0; i < STARTS; i++) {
			with.add(Child.run(Startup.class, List.of(), "with"));
			without.add(Child.run(Startup.class, List.of(), "without"));
		}
	}

	/** Returns medians in milliseconds. */
	private static Properties startup(List<Properties> with, List<Properties> without) {
		Properties properties = new Properties();
		double configuration = millis(without, "configuration");
		double own = millis(with, "own");
		put(properties, "ready.with", millis(with, "ready"));
		put(properties, "ready.without", millis(without, "ready"));
		put(properties, "cpu.with", millis(with, "cpu"));
		put(properties, "cpu.without", millis(without, "cpu"));
		put(properties, "own.beans", own);
		put(properties, "own.configuration", configuration);
		put(properties, "own", own + configuration);
		return properties;
	}

	private static double millis(List<Properties> starts, String key) {
		return Results
			.median(starts.stream().map((start) -> Double.parseDouble(start.getProperty(key)) / 1000).toList());
	}

	private static void put(Properties properties, String key, double value) {
		properties.setProperty(key, String.format(Locale.ROOT, "%.1f", value));
	}

	private static Properties environment(String command) throws IOException {
		Properties properties = new Properties();
		properties.setProperty("date", LocalDate.now().toString());
		properties.setProperty("command", command);
		properties.setProperty("jdk", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version")
				+ " (" + System.getProperty("java.vendor") + ")");
		properties.setProperty("os", System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
				+ System.getProperty("os.arch"));
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		properties.setProperty("machine", cpu() + ", " + system.getAvailableProcessors() + " cores, "
				+ (system.getTotalMemorySize() >> 30) + " GiB");
		return properties;
	}

	private static String cpu() throws IOException {
		Path file = Path.of("/proc/cpuinfo");
		if (!Files.isReadable(file)) {
			return "unknown processor";
		}
		try (Stream<String> lines = Files.lines(file)) {
			return lines.filter((line) -> line.startsWith("model name"))
				.map((line) -> line.substring(line.indexOf(':') + 1).strip())
				.findFirst()
				.orElse("unknown processor");
		}
	}

	private static String load() {
		double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
		return String.format(Locale.ROOT, "%.1f", load);
	}

	private void store(String name, Properties properties) throws IOException {
		try (Writer writer = Files.newBufferedWriter(this.directory.resolve(name))) {
			properties.store(writer, null);
		}
	}

	private Properties load(String name) throws IOException {
		Properties properties = new Properties();
		Path file = this.directory.resolve(name);
		if (Files.exists(file)) {
			try (Reader reader = Files.newBufferedReader(file)) {
				properties.load(reader);
			}
		}
		return properties;
	}

	private List<Path> files(String suffix) throws IOException {
		try (Stream<Path> files = Files.list(this.directory)) {
			return new ArrayList<>(files.filter(
					(file) -> file.toString().matches(".*\\.(json|log|properties)") && file.toString().endsWith(suffix))
				.sorted()
				.toList());
		}
	}

	private String page() throws IOException {
		Results results = new Results();
		for (Path file : files(".json")) {
			results.read(file);
		}
		return new Page(results, load("footprint.properties"), load("startup.properties"),
				load("environment.properties"), this.quick)
			.render();
	}

}
