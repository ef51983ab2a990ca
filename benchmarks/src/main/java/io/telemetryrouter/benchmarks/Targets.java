package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.benchmarks.Page.Target;
import io.telemetryrouter.benchmarks.Page.Verdict;
import io.telemetryrouter.benchmarks.Results.Result;

/**
 * What must be shown, and whether it is. What did not run is left out.
 */
final class Targets {

	private static final List<String> HANDLERS = List.of("1", "8");

	private static final List<String> ON_OFF = List.of("off", "on");

	/** Less per operation is the noise of other threads. */
	private static final double NO_ALLOCATION = 0.5;

	/** Less than any object with fields: a share of a queue's segment. */
	private static final double NO_ENVELOPE = 16;

	private static final int KIBIBYTE = 1024;

	private final Results results;

	private final Properties footprint;

	private final Properties startup;

	private final int cores;

	private final List<Target> targets = new ArrayList<>();

	Targets(Results results, Properties footprint, Properties startup, int cores) {
		this.results = results;
		this.footprint = footprint;
		this.startup = startup;
		this.cores = cores;
	}

	List<Target> all() {
		for (String measuring : ON_OFF) {
			for (String handlers : HANDLERS) {
				sync(measuring, handlers);
			}
		}
		for (String handlers : HANDLERS) {
			spring(handlers);
		}
		routes();
		scale();
		async();
		allocation();
		registration();
		memory();
		return this.targets;
	}

	private void sync(String measuring, String handlers) {
		boolean on = measuring.equals("on");
		String what = "sync emit, measuring " + measuring + ", " + handlers(handlers);
		Result ours = exact(measuring, handlers);
		double target = on ? 1.3 : handlers.equals("1") ? 2.0 : 1.25;
		Result limit = this.results.find(on ? "LimitBenchmark.timed" : "LimitBenchmark.untimed", "handlers", handlers);
		Result counted = this.results.find(on ? "LimitBenchmark.timedCounted" : "LimitBenchmark.counted", "handlers",
				handlers);
		atMost(what + ", against the " + (on ? "timed" : "untimed") + " limit" + of("counted by hand", counted, limit),
				ours, limit, target);
		Result best = Stream.of("reactor", "greenrobot", "mbassador", "guava", "spring")
			.map((peer) -> this.results.find("PeerBenchmark." + peer, "handlers", handlers, "timer",
					on ? "handler" : "none"))
			.filter(Objects::nonNull)
			.min(Comparator.comparingDouble(Result::median))
			.orElse(null);
		if (best != null) {
			atMost(what + ", against the fastest peer" + (on ? " with timers" : "") + " ("
					+ best.name().substring(best.name().indexOf('.') + 1) + ")", ours, best, 1.0);
		}
		if (ours != null && !Double.isNaN(ours.allocated())) {
			add(what + ", allocation", Page.format("%.2f B", ours.allocated()), "", "", "0 B",
					ours.allocated() < NO_ALLOCATION);
		}
	}

	private void spring(String handlers) {
		atMost("Micrometer with Prometheus, " + handlers(handlers) + ", against none",
				this.results.find("MetersBenchmark.emit", "handlers", handlers, "meters", "bound"),
				this.results.find("MetersBenchmark.emit", "handlers", handlers, "meters", "none"), 1.05);
		for (String measuring : ON_OFF) {
			atMost("`@TelemetryListener`, measuring " + measuring + ", " + handlers(handlers) + ", against lambdas",
					listener("listener", measuring, handlers), listener("lambda", measuring, handlers), 1.1);
		}
	}

	private void routes() {
		for (String route : List.of("pattern", "all")) {
			for (String handlers : HANDLERS) {
				for (String measuring : ON_OFF) {
					atMost((route.equals("all") ? "`**`" : route) + " route, measuring " + measuring + ", "
							+ handlers(handlers) + ", against exact", sync(measuring, handlers, route),
							exact(measuring, handlers), 1.05);
				}
			}
		}
	}

	private void scale() {
		for (String measuring : ON_OFF) {
			atMost("10,000 names against 1, one emitted, measuring " + measuring,
					this.results.find("NamesBenchmark.one", "names", "10000", "measuring", measuring),
					this.results.find("NamesBenchmark.one", "names", "1", "measuring", measuring), 1.3);
		}
		for (String measuring : ON_OFF) {
			Result many = this.results.find(this.cores, "ThreadsBenchmark.sameName", "measuring", measuring);
			Result one = this.results.find(1, "ThreadsBenchmark.sameName", "measuring", measuring);
			if (many != null && one != null && this.cores > 1) {
				double ratio = many.ratio(one);
				double target = 0.85 * this.cores;
				add(this.cores + " threads emitting the same name against 1, measuring " + measuring + limit(),
						Page.number(many.median()) + "/µs", Page.number(one.median()) + "/µs", thousandths(ratio),
						"≥ " + times(target), ratio >= target);
			}
		}
	}

	private String limit() {
		return limit(this.results.find(this.cores, "ThreadsBenchmark.limit"),
				this.results.find(1, "ThreadsBenchmark.limit"));
	}

	/**
	 * Says how far the least code gets that does the same.
	 */
	private static String limit(@Nullable Result numerator, @Nullable Result denominator) {
		return of("the limit", numerator, denominator);
	}

	private static String of(String what, @Nullable Result numerator, @Nullable Result denominator) {
		return (numerator != null && denominator != null)
				? " (" + what + ": " + times(numerator.ratio(denominator)) + ")" : "";
	}

	private void async() {
		for (String producers : List.of("1", "2")) {
			handOff("off", producers, 0.9);
			atLeast(handOff("off", producers) + ", throughput against `ThreadPoolExecutor`",
					handOff("router", producers, "off"), async("threadPool", producers), 1.3);
			handOff("on", producers, 0.75);
		}
	}

	private void handOff(String measuring, String producers, double target) {
		Result ours = handOff("router", producers, measuring);
		Result jctools = async("jctools", producers);
		Result limit = handOff("limit", producers, measuring);
		if (ours != null && jctools != null) {
			double ratio = jctools.ratio(ours);
			boolean reachable = limit == null || jctools.ratio(limit) >= target;
			add(handOff(measuring, producers) + ", throughput against JCTools" + limit(jctools, limit), nanos(ours),
					nanos(jctools), thousandths(ratio), "≥ " + times(target),
					(ratio >= target) ? Verdict.MET : reachable ? Verdict.MISSED : Verdict.OUT_OF_REACH);
		}
	}

	private static String handOff(String measuring, String producers) {
		return "async hand-off, measuring " + measuring + ", " + producers
				+ (producers.equals("1") ? " producer" : " producers");
	}

	private void allocation() {
		String one = this.footprint.getProperty("event-1");
		String eight = this.footprint.getProperty("event-8");
		if (one != null && eight != null) {
			double lane = (Double.parseDouble(eight) - Double.parseDouble(one)) / 7;
			add("async allocation of an event by its emitter, 8 lanes against 1", eight + " B", one + " B",
					Page.format("%.0f B a lane", lane), "no envelope a lane", lane < NO_ENVELOPE);
		}
	}

	private void registration() {
		for (String names : List.of("same", "own")) {
			for (String method : List.of("register", "registerAndRemove")) {
				Result many = this.results.find("RegistrationBenchmark." + method, "count", "10000", "names", names);
				Result few = this.results.find("RegistrationBenchmark." + method, "count", "1000", "names", names);
				if (many != null && few != null) {
					double ratio = many.ratio(few);
					add((method.equals("register") ? "registering" : "registering and removing")
							+ " 10,000 handlers against 1,000, "
							+ (names.equals("same") ? "the same name" : "names of their own"),
							Page.format("%.2f ms", many.median() / 1000), Page.format("%.2f ms", few.median() / 1000),
							thousandths(ratio), "≤ 12", ratio <= 12);
				}
			}
		}
	}

	private void memory() {
		for (String item : List.of("sync", "async")) {
			String bytes = this.footprint.getProperty(item);
			if (bytes != null) {
				add(item.equals("async") ? "idle asynchronous handler" : "idle handler", bytes + " B", "", "",
						"≤ 2 KiB", Long.parseLong(bytes) <= 2 * KIBIBYTE);
			}
		}
		String own = this.startup.getProperty("own");
		if (own != null) {
			add("start-up added to an empty web application, of its own", own + " ms", "", "", "≤ 60 ms",
					Double.parseDouble(own) <= 60);
		}
	}

	private @Nullable Result listener(String kind, String measuring, String handlers) {
		return this.results.find("ListenerBenchmark.emit", "handlers", handlers, "kind", kind, "measuring", measuring);
	}

	private @Nullable Result exact(String measuring, String handlers) {
		return sync(measuring, handlers, "exact");
	}

	private @Nullable Result sync(String measuring, String handlers, String route) {
		return this.results.find("SyncBenchmark.emit", "handlers", handlers, "measuring", measuring, "route", route);
	}

	private @Nullable Result handOff(String contender, String producers, String measuring) {
		return this.results.find("AsyncBenchmark." + contender, "full", "wait", "producers", producers, "measuring",
				measuring);
	}

	private @Nullable Result async(String contender, String producers) {
		return this.results.find("AsyncBenchmark." + contender, "full", "wait", "producers", producers);
	}

	private void atMost(String what, @Nullable Result ours, @Nullable Result other, double target) {
		if (ours != null && other != null) {
			double ratio = ours.ratio(other);
			add(what, nanos(ours), nanos(other), thousandths(ratio), (target == 1.0) ? "< 1" : "≤ " + times(target),
					(target == 1.0) ? ratio < 1 : ratio <= target);
		}
	}

	private void atLeast(String what, @Nullable Result ours, @Nullable Result other, double target) {
		if (ours != null && other != null) {
			double ratio = other.ratio(ours);
			add(what, nanos(ours), nanos(other), thousandths(ratio), "≥ " + times(target), ratio >= target);
		}
	}

	private void add(String what, String ours, String against, String ratio, String target, boolean met) {
		add(what, ours, against, ratio, target, met ? Verdict.MET : Verdict.MISSED);
	}

	private void add(String what, String ours, String against, String ratio, String target, Verdict verdict) {
		this.targets.add(new Target(what, ours, against, ratio, target, verdict));
	}

	private static String nanos(Result result) {
		return Page.number(result.median()) + " ns";
	}

	private static String times(double ratio) {
		return Page.format("%.2f", ratio);
	}

	/** For a ratio beside its target, which may be near. */
	private static String thousandths(double ratio) {
		return Page.format("%.3f", ratio);
	}

	private static String handlers(String count) {
		return count + (count.equals("1") ? " handler" : " handlers");
	}

}
