package io.telemetryrouter.benchmarks;

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

	/** What is compared within a few per cent, several times a round. */
	private static final List<Work> CLOSE = List.of(
			work("sync", "LimitBenchmark", Map.of("handlers", values("1", "8"))),
			work("sync", "SyncBenchmark",
					Map.of("handlers", values("1", "8"), "route", values("exact", "pattern", "all"))),
			work("spring", "ListenerBenchmark", Map.of()), work("spring", "MetersBenchmark", Map.of()),
			handOff("router"), handOff("jctools"), handOff("limit"), handOff("threadPool"),
			work("scale", "ThreadsBenchmark.sameName", Map.of(), 1),
			work("scale", "ThreadsBenchmark.sameName", Map.of(), Threads.MAX),
			work("scale", "ThreadsBenchmark.limit", Map.of(), 1),
			work("scale", "ThreadsBenchmark.limit", Map.of(), Threads.MAX));

	private static final List<Work> OTHERS = List.of(work("sync", "TypedBenchmark", Map.of()),
			work("peers", "PeerBenchmark", Map.of()), handOff("guava"), handOff("disruptor"), handOff("reactor"),
			work("drops", "AsyncBenchmark", Map.of("full", values("drop"), "producers", values("1"))),
			work("async", "FanOutBenchmark", Map.of("measuring", values("on"))));

	private static final List<Work> SCALE = List.of(
			work("scale", "LimitBenchmark", Map.of("handlers", values("64", "512"))),
			work("scale", "SyncBenchmark", Map.of("handlers", values("64", "512"), "route", values("exact"))),
			work("scale", "NamesBenchmark.one", Map.of()),
			work("scale", "NamesBenchmark.inTurn", Map.of("measuring", values("on"))),
			work("scale", "NamesBenchmark.limitInTurn", Map.of()), work("scale", "ThreadsBenchmark", Map.of(), 1),
			work("scale", "ThreadsBenchmark", Map.of(), Threads.MAX), work("scale", "RegistrationBenchmark", Map.of()));

	private static final List<Work> RECORDED = Stream.of(CLOSE, OTHERS, CLOSE, SCALE, CLOSE)
		.flatMap(List::stream)
		.toList();

	private static final List<Work> QUICK = List.of(work("sync", "LimitBenchmark", Map.of()),
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
	 * @return the work
	 */
	static List<Work> works(boolean quick) {
		return quick ? QUICK : RECORDED;
	}

	private static Work handOff(String contender) {
		return work("async", "AsyncBenchmark." + contender, Map.of("full", values("wait")));
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
