package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * What a report runs: every benchmark with those of its parameters that the report shows.
 */
final class Plan {

	/** Enough for all, and touched before: the first use of a page takes its time. */
	private static final String[] HEAP = { "-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch" };

	private static final String[] ON_OFF = { "off", "on" };

	/**
	 * What is compared within a few per cent, several times a round. Also in turn, where
	 * that changes nothing: to start again takes threads that wait for one another long.
	 */
	private static final List<List<Work>> CLOSE = join(
			List.of(sync("1", "off"), sync("1", "on"), sync("8", "off"), sync("8", "on"), threads()),
			byItself(handOff("router"), handOff("jctools"), handOff("limit"), handOff("threadPool")));

	private static final List<List<Work>> OTHERS = byItself(work("sync", "TypedBenchmark", Map.of()),
			work("peers", "PeerBenchmark", Map.of()), handOff("guava"), handOff("disruptor"), handOff("reactor"),
			work("drops", "AsyncBenchmark", Map.of("full", values("drop"), "producers", values("1"))),
			work("async", "FanOutBenchmark", Map.of("measuring", values("on"))),
			work("spring", "MetersBenchmark", Map.of("meters", values("histogram"))));

	private static final List<List<Work>> SCALE = join(List.of(names("off"), names("on")),
			byItself(work("scale", "LimitBenchmark", Map.of("handlers", values("64", "512"))),
					work("scale", "SyncBenchmark", Map.of("handlers", values("64", "512"), "route", values("exact"))),
					work("scale", "NamesBenchmark.inTurn", Map.of("measuring", values("on"))),
					work("scale", "NamesBenchmark.limitInTurn", Map.of()),
					work("scale", "ThreadsBenchmark.ownName", Map.of(), 1),
					work("scale", "ThreadsBenchmark.ownName", Map.of(), Threads.MAX),
					work("scale", "RegistrationBenchmark", Map.of())));

	private static final List<List<Work>> RECORDED = join(CLOSE, OTHERS, CLOSE, SCALE, CLOSE);

	private static final List<List<Work>> QUICK = byItself(work("sync", "LimitBenchmark", Map.of()),
			work("sync", "SyncBenchmark", Map.of("route", values("exact", "all"), "handlers", values("8"))),
			work("sync", "TypedBenchmark", Map.of("handlers", values("8"), "measuring", values("on"))),
			work("peers", "PeerBenchmark", Map.of("handlers", values("8"), "timer", values("handler"))),
			work("async", "AsyncBenchmark", Map.of("full", values("wait"), "producers", values("2"))),
			work("drops", "AsyncBenchmark", Map.of("full", values("drop"), "producers", values("1"))),
			work("async", "FanOutBenchmark", Map.of("lanes", values("8"), "measuring", values("on"))),
			work("spring", "ListenerBenchmark",
					Map.of("handlers", values("8"), "measuring", values("on"), "kind", values("listener"))),
			work("spring", "MetersBenchmark", Map.of("handlers", values("8"), "meters", values("bound", "histogram"))),
			work("scale", "NamesBenchmark", Map.of("names", values("100"))),
			work("scale", "ThreadsBenchmark", Map.of("measuring", values("on")), Threads.MAX),
			work("scale", "RegistrationBenchmark", Map.of("count", values("1000"))));

	private Plan() {
	}

	/**
	 * Returns the work of a report.
	 * @param quick whether only a little of everything is to run
	 * @return the work, in lists of what is to run in turn
	 */
	static List<List<Work>> works(boolean quick) {
		return quick ? QUICK : RECORDED;
	}

	private static List<Work> sync(String handlers, String measuring) {
		Map<String, String[]> params = Map.of("handlers", values(handlers));
		Map<String, String[]> measured = with(params, "measuring", measuring);
		List<Work> works = new ArrayList<>();
		boolean on = measuring.equals("on");
		works.add(work("sync", on ? "LimitBenchmark.timed" : "LimitBenchmark.untimed", params));
		works.add(work("sync", on ? "LimitBenchmark.timedCounted" : "LimitBenchmark.counted", params));
		for (String route : values("exact", "pattern", "all")) {
			works.add(work("sync", "SyncBenchmark", with(measured, "route", route)));
		}
		for (String kind : values("lambda", "listener")) {
			works.add(work("spring", "ListenerBenchmark", with(measured, "kind", kind)));
		}
		for (String meters : on ? values("none", "bound") : values()) {
			works.add(work("spring", "MetersBenchmark", with(params, "meters", meters)));
		}
		return works;
	}

	private static Work handOff(String contender) {
		return work("async", "AsyncBenchmark." + contender, Map.of("full", values("wait")));
	}

	private static List<Work> threads() {
		List<Work> works = new ArrayList<>();
		for (int threads : new int[] { 1, Threads.MAX }) {
			works.add(work("scale", "ThreadsBenchmark.limit", Map.of(), threads));
			for (String measuring : ON_OFF) {
				works.add(work("scale", "ThreadsBenchmark.sameName", with(Map.of(), "measuring", measuring), threads));
			}
		}
		return works;
	}

	private static List<Work> names(String measuring) {
		Map<String, String[]> params = Map.of("measuring", values(measuring));
		return Stream.of("1", "100", "10000")
			.map((names) -> work("scale", "NamesBenchmark.one", with(params, "names", names)))
			.toList();
	}

	private static List<List<Work>> byItself(Work... works) {
		return Stream.of(works).map(List::of).toList();
	}

	@SafeVarargs
	private static List<List<Work>> join(List<List<Work>>... works) {
		return Stream.of(works).flatMap(List::stream).toList();
	}

	private static Map<String, String[]> with(Map<String, String[]> params, String name, String value) {
		Map<String, String[]> all = new HashMap<>(params);
		all.put(name, values(value));
		return all;
	}

	private static Work work(String group, String include, Map<String, String[]> params) {
		return work(group, include, params, 0);
	}

	private static Work work(String group, String include, Map<String, String[]> params, int threads) {
		return new Work(group, include, params, threads);
	}

	private static String[] values(String... values) {
		return values;
	}

	/**
	 * A benchmark with its parameters.
	 *
	 * @param group the part of the report it belongs to
	 * @param include its class, or class and method
	 * @param params the values of parameters, where not all the benchmark has
	 * @param threads how many threads call it, or 0 for one
	 */
	record Work(String group, String include, Map<String, String[]> params, int threads) {

		ChainedOptionsBuilder options(boolean quick) {
			ChainedOptionsBuilder options = new OptionsBuilder()
				.include("\\." + this.include.replace(".", "\\.") + (this.include.contains(".") ? "$" : "\\."));
			this.params.forEach(options::param);
			if (this.threads != 0) {
				options.threads(this.threads);
			}
			if (!quick) {
				return options.forks(1).jvmArgsAppend(HEAP);
			}
			TimeValue time = TimeValue.milliseconds(20);
			return options.forks(0).warmupIterations(1).warmupTime(time).measurementIterations(1).measurementTime(time);
		}

	}

}
