package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

import io.telemetryrouter.benchmarks.startup.Startup;

/**
 * The benchmarks of a report: blocks of benchmarks that are compared with each other.
 * Each block has a number of rounds, with one fork or process of each benchmark per
 * round.
 */
final class Suite {

	static final String GROUPS = "sync, routes, pace, cold, failure, registration, agents, async, lanes, churn, virtual, memory, startup";

	private final boolean quick;

	final List<Block> blocks = new ArrayList<>();

	Suite(boolean quick) throws IOException {
		this.quick = quick;
		sync();
		block("routes", 8, jmh("RoutesBenchmark.rotation", 1, "routes=64", "handlers=3"));
		for (String measuring : List.of("off", "on")) {
			block("routes", 5, jmh("RoutesBenchmark.one", 1, "by=router", "measuring=" + measuring, "routes=1,10000",
					"handlers=1"));
		}
		block("pace", 5, jmh("PaceBenchmark", 1, "pacing=park"));
		block("cold", 3, jmh("ColdBenchmark", 1));
		block("failure", 3, jmh("FailureBenchmark", 1));
		block("registration", 2, jmh("RegistrationBenchmark", 1));
		block("agents", 5, jmh("SpanBenchmark", 1), jmh("RunBenchmark", 1));
		block("agents", 3, jmh("AgentBenchmark", 1, "framework=spring-ai"),
				jmh("AgentBenchmark", 1, "framework=langchain4j", "by=plain,adapter"));
		for (String producers : List.of("1", "2")) {
			block("async", 5, jmh("AsyncBenchmark", 1, "by=router", "producers=" + producers),
					jmh("AsyncBenchmark", 1, "by=jctools,pool", "measuring=off", "producers=" + producers));
		}
		for (String rate : List.of("1000", "100000")) {
			block("lanes", 3, load(Child.HOME, "router", 1, rate), load(Child.HOME, "pool", 1, rate));
		}
		for (String routes : List.of("1", "16")) {
			block("churn", 1, child("Churn routes=" + routes, Child.HOME, Churn.class, routes, quick ? "0.2" : "20"));
		}
		Path home = Child.jdk25();
		if (home != null) {
			block("virtual", 3, virtual(home, "with"), virtual(home, "without"));
			block("virtual", 3, load(home, "virtual", 8, "1000"), load(home, "platform", 8, "1000"));
		}
		memory();
		for (String processors : List.of("2", "1")) {
			block("startup", 10, startup("starter", processors, "with"), startup("starter", processors, "without"));
		}
		block("startup", 10, startup("partners", "2", "with"), startup("partners", "2", "without"));
	}

	private void sync() {
		for (String measuring : List.of("off", "on")) {
			String kinds = "by=hand,exact,pattern,all,listener" + (measuring.equals("on") ? ",prometheus" : "");
			block("sync", 5, jmh("SyncBenchmark", 1, kinds, "handlers=1", "measuring=" + measuring));
			block("sync", 5, jmh("SyncBenchmark", 1, kinds, "handlers=8", "measuring=" + measuring),
					jmh("SyncBenchmark", 2, "by=hand,exact", "handlers=8", "measuring=" + measuring));
			block("sync", 2,
					jmh("SyncBenchmark", 1, "by=reactor,greenrobot,mbassador,guava,spring", "measuring=" + measuring));
		}
	}

	private void memory() {
		List<String> java = Child.java(Child.HOME, "-XX:+UseSerialGC", "-Xmx4g");
		for (String item : this.quick ? List.of("sync") : List.of("sync", "async", "event-1", "event-8")) {
			block("memory", 1, child("Footprint " + item, java, Footprint.class, item));
		}
		block("memory", 1, child("Footprint wide", java, Footprint.class, "wide", this.quick ? "100" : "10000",
				this.quick ? "4" : "64"));
	}

	private Work load(Path home, String by, int lanes, String rate) {
		return child("LaneLoad by=" + by + " lanes=" + lanes + " rate=" + rate, home, LaneLoad.class, by,
				String.valueOf(lanes), rate, this.quick ? "0.2" : "4");
	}

	private Work virtual(Path home, String emits) {
		return child("VirtualThreads " + emits, home, VirtualThreads.class, emits, this.quick ? "10000" : "1000000");
	}

	private static Work startup(String classPath, String processors, String router) {
		String name = "Startup classPath=" + classPath + " processors=" + processors + " router=" + router;
		return new Work(name, (numbers, log) -> {
			String jar = Startup.jar(classPath.equals("partners"), router.equals("with")).toString();
			List<String> java = new ArrayList<>(processors.equals("1") ? List.of("taskset", "-c", "0") : List.of());
			java.addAll(Child.java(Child.HOME, "-cp", jar));
			numbers.add(name, Child.run(java, Startup.class, router));
		});
	}

	private static Work child(String name, Path home, Class<?> main, String... args) {
		return child(name, Child.java(home, "-Xms512m", "-Xmx512m"), main, args);
	}

	private static Work child(String name, List<String> java, Class<?> main, String... args) {
		return new Work(name, (numbers, log) -> numbers.add(name, Child.run(java, main, args)));
	}

	/**
	 * Runs one fork for each combination of parameters, given as {@code handlers=1,8}.
	 */
	private Work jmh(String include, int threads, String... params) {
		ChainedOptionsBuilder options = new OptionsBuilder()
			.include("\\." + include.replace(".", "\\.") + (include.contains(".") ? "$" : "\\."))
			.threads(threads)
			.addProfiler(GCProfiler.class)
			.shouldFailOnError(true);
		for (String param : params) {
			String[] parts = param.split("=");
			options.param(parts[0], parts[1].split(","));
		}
		if (this.quick) {
			TimeValue time = TimeValue.milliseconds(20);
			options.forks(0).warmupIterations(1).warmupTime(time).measurementIterations(1).measurementTime(time);
		}
		return new Work(include + " " + String.join(" ", params), (numbers, log) -> {
			try {
				new Runner(options.output(log.toString()).build()).run().forEach(numbers::add);
			}
			catch (RunnerException ex) {
				throw new IOException(Files.readString(log), ex);
			}
		});
	}

	private void block(String group, int rounds, Work... works) {
		this.blocks.add(new Block(group, this.quick ? 1 : rounds, List.of(works)));
	}

	/** Benchmarks that are compared, and so run in turn in each round. */
	record Block(String group, int rounds, List<Work> works) {
	}

	/** A benchmark with its name. */
	record Work(String name, Run run) {
	}

	/** Runs a benchmark, adds its results to the numbers and may write a log. */
	@FunctionalInterface
	interface Run {

		void run(Numbers numbers, Path log) throws IOException, InterruptedException;

	}

}
