package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;

/**
 * Runs the benchmarks and renders the numbers as a page of Markdown, with ratios and the
 * verdicts on the targets.
 * <p>
 * Compared benchmarks run in turn in each of several rounds, each in a process of its
 * own, and are compared per round: a temporary load on the machine affects both.
 */
public final class Report {

	private static final String USAGE = """
			Usage: java -cp benchmarks.jar io.telemetryrouter.benchmarks.Report [options]
			  --quick         a smoke test: runs everything once and briefly; the numbers are meaningless
			  --rounds N      the maximum number of rounds
			  --only A,B      only these groups: %s
			  --dir DIR       folder of the numbers and the logs of JMH (default target/benchmark-report)
			  --from DIR      renders the numbers of an earlier run instead
			  --out FILE      file of the page (default: standard output)""".formatted(Suite.GROUPS);

	private final Map<String, String> options;

	private final boolean quick;

	private final Set<String> only;

	private Report(Map<String, String> options) {
		this.options = options;
		this.quick = options.containsKey("--quick");
		this.only = options.containsKey("--only") ? Set.of(options.get("--only").split(",")) : Set.of();
		if (!List.of(Suite.GROUPS.split(", ")).containsAll(this.only)) {
			throw new IllegalArgumentException(USAGE);
		}
	}

	/**
	 * Runs the benchmarks and writes the report.
	 * @param args the options
	 * @throws Exception if a benchmark fails
	 */
	public static void main(String[] args) throws Exception {
		Report report = new Report(parse(args));
		String page = report.report(
				"java -cp benchmarks/target/benchmarks.jar " + Report.class.getName() + " " + String.join(" ", args));
		if (report.options.containsKey("--out")) {
			Files.writeString(Path.of(report.options.get("--out")), page);
		}
		else {
			System.out.println(page);
		}
		// Schedulers of peers may have non-daemon threads.
		System.exit(0);
	}

	private static Map<String, String> parse(String[] args) {
		Map<String, String> options = new HashMap<>();
		for (int i = 0; i < args.length; i++) {
			if (args[i].equals("--quick")) {
				options.put(args[i], "");
			}
			else if (i + 1 < args.length && USAGE.contains("  " + args[i] + " ")) {
				options.put(args[i], args[++i]);
			}
			else {
				throw new IllegalArgumentException(USAGE);
			}
		}
		return options;
	}

	private String report(String command) throws IOException, InterruptedException {
		Path directory = Path
			.of(this.options.getOrDefault("--from", this.options.getOrDefault("--dir", "target/benchmark-report")));
		Path file = directory.resolve("numbers.tsv");
		Path head = directory.resolve("head.md");
		if (!this.options.containsKey("--from")) {
			Files.createDirectories(directory);
			long start = System.nanoTime();
			String load = load();
			run(new Numbers(), file);
			Files.writeString(head, head(command, "%.1f min, load average %s before, %s after"
				.formatted((System.nanoTime() - start) / 60e9, load, load())));
		}
		Numbers numbers = Numbers.read(file);
		return new Page().render(Files.readString(head), numbers,
				this.quick ? List.of() : new Targets(numbers).judge(this.only));
	}

	private void run(Numbers numbers, Path file) throws IOException, InterruptedException {
		System.setProperty("jmh.ignoreLock", String.valueOf(this.quick));
		List<Suite.Block> blocks = new Suite(this.quick, this.only).blocks;
		int last = Math.min(Integer.parseInt(this.options.getOrDefault("--rounds", "1000")),
				blocks.stream().mapToInt(Suite.Block::rounds).max().orElse(0));
		for (int round = 1; round <= last; round++) {
			for (Suite.Block block : blocks) {
				for (Suite.Work work : (round <= block.rounds()) ? block.works() : List.<Suite.Work>of()) {
					long start = System.nanoTime();
					work.run().run(numbers, file.resolveSibling("jmh.log"));
					System.err.printf(Locale.ROOT, "%d of %d, %s: %.1f s%n", round, last, work.name(),
							(System.nanoTime() - start) / 1e9);
				}
			}
			numbers.write(file);
		}
	}

	private static String head(String command, String took) throws IOException {
		OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
		return """
				| | |
				|---|---:|
				| date | %s |
				| processor | %s |
				| machine | %d cores, %d GiB, %s %s %s |
				| JDK | %s %s (%s) |
				| command | `%s` |
				| took | %s |
				""".formatted(LocalDate.now(), processor(), system.getAvailableProcessors(),
				system.getTotalMemorySize() >> 30, system.getName(), system.getVersion(), system.getArch(),
				System.getProperty("java.vm.name"), System.getProperty("java.vm.version"),
				System.getProperty("java.vendor"), command.strip(), took);
	}

	/**
	 * Returns the names and numbers of the processor model. A virtual machine may hide
	 * the name.
	 */
	private static String processor() throws IOException {
		Path file = Path.of("/proc/cpuinfo");
		if (!Files.isReadable(file)) {
			return "unknown";
		}
		try (Stream<String> lines = Files.lines(file)) {
			return lines.takeWhile((line) -> !line.isBlank())
				.filter((line) -> line.matches("(model name|cpu family|model|stepping)\\s*:.*"))
				.map((line) -> line.replaceFirst("\\s*:", "").replace("model name ", ""))
				.collect(Collectors.joining(", "));
		}
	}

	private static String load() {
		return String.format(Locale.ROOT, "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
	}

}
