package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import io.telemetryrouter.benchmarks.startup.Startup;

/**
 * The benchmarks of a report, as the table {@code suite.txt} lists them: blocks of
 * benchmarks that are compared with each other. Each block has a number of rounds, with
 * one fork or process of each benchmark per round.
 */
final class Suite {

	static final String GROUPS = "sync, routes, pace, cold, failure, registration, agents, async, lanes, churn, virtual, memory, startup";

	private final boolean quick;

	/** A home of a JDK whose virtual threads do not pin. */
	private final @Nullable Path jdk25 = Child.jdk25();

	/** The blocks of some groups, or of all. */
	final List<Block> blocks = new ArrayList<>();

	Suite(boolean quick, Set<String> groups) throws IOException {
		this.quick = quick;
		for (String[] cells : Table.read("suite.txt")) {
			String group = cells[0];
			if ((groups.isEmpty() || groups.contains(group)) && (!group.equals("virtual") || this.jdk25 != null)) {
				this.blocks.add(new Block(quick ? 1 : Integer.parseInt(cells[1]),
						Stream.of(cells[2].split(" ; ")).map((name) -> work(group, name)).toList()));
			}
		}
	}

	private Work work(String group, String text) {
		String[] parts = text.split(" / ");
		String[] words = parts[0].split(" ");
		if (words[0].contains("Benchmark")) {
			return new Work(text, jmh(words));
		}
		List<String> args = new ArrayList<>();
		for (int i = 1; i < words.length; i++) {
			args.add(words[i].substring(words[i].indexOf('=') + 1));
		}
		if (parts.length > 1) {
			args.addAll(List.of(parts[this.quick ? 2 : 1].split(" ")));
		}
		return new Work(parts[0], (numbers, log) -> numbers.add(parts[0], program(group, words[0], args)));
	}

	private Properties program(String group, String name, List<String> args) throws IOException, InterruptedException {
		Path home = (group.equals("virtual") && this.jdk25 != null) ? this.jdk25 : Child.HOME;
		return switch (name) {
			case "Startup" -> Startup.run(args.get(0).equals("partners"), args.get(1), args.get(2));
			case "Footprint" -> Child.run(Child.java(home, "-XX:+UseSerialGC", "-Xmx4g"), Footprint.class, args);
			case "Churn" -> run(home, Churn.class, args);
			case "LaneLoad" -> run(home, LaneLoad.class, args);
			case "VirtualThreads" -> run(home, VirtualThreads.class, args);
			default -> throw new IllegalArgumentException(name);
		};
	}

	private static Properties run(Path home, Class<?> main, List<String> args)
			throws IOException, InterruptedException {
		return Child.run(Child.java(home, "-Xms512m", "-Xmx512m"), main, args);
	}

	/**
	 * Runs one fork for each combination of parameters, given as {@code handlers=1,8}.
	 */
	private Run jmh(String... words) {
		ChainedOptionsBuilder options = new OptionsBuilder()
			.include("\\." + words[0].replace(".", "\\.") + (words[0].contains(".") ? "$" : "\\."))
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true);
		for (int i = 1; i < words.length; i++) {
			String[] param = words[i].split("=");
			if (param[0].equals("threads")) {
				options.threads(Integer.parseInt(param[1]));
			}
			else {
				options.param(param[0], param[1].split(","));
			}
		}
		if (this.quick) {
			TimeValue time = TimeValue.milliseconds(20);
			options.forks(0).warmupIterations(1).warmupTime(time).measurementIterations(1).measurementTime(time);
		}
		return (numbers, log) -> {
			try {
				new Runner(options.output(log.toString()).build()).run().forEach(numbers::add);
			}
			catch (RunnerException ex) {
				throw new IOException(Files.readString(log), ex);
			}
		};
	}

	/** Benchmarks that are compared, and so run in turn in each round. */
	record Block(int rounds, List<Work> works) {
	}

	record Work(String name, Run run) {
	}

	/** Runs a benchmark, adds its results to the numbers and may write a log. */
	@FunctionalInterface
	interface Run {

		void run(Numbers numbers, Path log) throws IOException, InterruptedException;

	}

}
