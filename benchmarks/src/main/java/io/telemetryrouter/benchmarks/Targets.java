package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What must be shown, and whether it is.
 */
final class Targets {

	private static final List<String> ON_OFF = List.of("off", "on");

	/** Less per operation is the noise of other threads. */
	private static final double NO_ALLOCATION = 0.5;

	/** Less than any object with fields: a share of a queue's segment. */
	private static final double NO_ENVELOPE = 16;

	private final Numbers numbers;

	private final int cores;

	private final List<Target> targets = new ArrayList<>();

	/** The group whose targets are added. */
	private String group = "";

	Targets(Numbers numbers, int cores) {
		this.numbers = numbers;
		this.cores = cores;
		for (String measuring : ON_OFF) {
			oneRoute(measuring, "1", measuring.equals("on") ? 1.3 : 2.0);
			oneRoute(measuring, "8", measuring.equals("on") ? 1.3 : 1.4);
		}
		for (String handlers : List.of("1", "8")) {
			kinds(handlers);
		}
		cores();
		routes();
		pace();
		async();
		churn();
		virtual();
		failureAndRegistration();
		memoryAndStartup();
	}

	/**
	 * Returns the targets.
	 * @param groups of which groups; all if empty
	 * @return the targets
	 */
	List<Target> all(Set<String> groups) {
		return this.targets.stream().filter((target) -> groups.isEmpty() || groups.contains(target.group())).toList();
	}

	private static String sync(String by, String handlers, String measuring) {
		return "SyncBenchmark.emit by=" + by + " handlers=" + handlers + " measuring=" + measuring;
	}

	private void oneRoute(String measuring, String handlers, double bound) {
		boolean on = measuring.equals("on");
		String what = "one hot route, " + plural(handlers, "handler") + ", measuring " + measuring;
		String ours = sync("exact", handlers, measuring);
		this.group = "sync";
		atMost(what + ": against the " + (on ? "timed" : "untimed") + " loop by hand", ours,
				sync("hand", handlers, measuring), bound, "ns");
		noAllocation(what + ": allocation", ours);
		String fastest = Stream.of("reactor", "greenrobot", "mbassador", "guava", "spring")
			.map((peer) -> sync(peer, handlers, measuring))
			.filter(this.numbers::has)
			.min(Comparator.comparingDouble(this.numbers::median))
			.orElse("");
		atMost(what + ": against the fastest peer" + (on ? " with timers" : ""), ours, fastest, 1, "ns");
	}

	private void kinds(String handlers) {
		this.group = "sync";
		atMost("Micrometer with Prometheus, " + plural(handlers, "handler") + ": against none",
				sync("prometheus", handlers, "on"), sync("exact", handlers, "on"), 1.05, "ns");
		for (String measuring : ON_OFF) {
			String suffix = ", " + plural(handlers, "handler") + ", measuring " + measuring + ": against ";
			String exact = sync("exact", handlers, measuring);
			atMost("`@TelemetryListener`" + suffix + "lambdas", sync("listener", handlers, measuring), exact, 1.1,
					"ns");
			atMost("pattern" + suffix + "an exact name", sync("pattern", handlers, measuring), exact, 1.05, "ns");
			atMost("`**`" + suffix + "an exact name", sync("all", handlers, measuring), exact, 1.05, "ns");
		}
	}

	private void cores() {
		for (String measuring : ON_OFF) {
			String one = sync("exact", "8", measuring);
			// Of the time of one emit: with twice the threads the throughput doubles.
			double ratio = this.cores * this.numbers.ratio(one, one + " threads=" + this.cores);
			add(this.cores + " threads emitting the same name against 1, measuring " + measuring + ": throughput",
					cell(one + " threads=" + this.cores, "ns"), cell(one, "ns"), ratio, 0.85 * this.cores, false);
		}
	}

	private void routes() {
		this.group = "routes";
		String ours = "RoutesBenchmark.rotation by=router handlers=3 measuring=on routes=64";
		atMost("64 routes × 3 handlers in rotation, measuring on: against the loop by hand", ours,
				ours.replace("router", "hand"), 1.35, "ns");
		noAllocation("64 routes × 3 handlers in rotation, measuring on: allocation", ours);
		for (String measuring : ON_OFF) {
			String many = "RoutesBenchmark.one by=router handlers=1 measuring=" + measuring + " routes=10000";
			atMost("one name of 10,000 against 1, measuring " + measuring, many, many.replace("10000", "1"), 1.3, "ns");
		}
	}

	private void pace() {
		this.group = "pace";
		String ours = "PaceBenchmark.emit by=router measuring=on pacing=park";
		atMost("an agent's pace, 64 routes × 3: p50 against the loop by hand", ours, ours.replace("router", "hand"),
				1.3, "ns");
		atMost("an agent's pace, 64 routes × 3: p99.9 against the loop by hand", ours + " p99.9",
				ours.replace("router", "hand") + " p99.9", 2, "ns");
		this.group = "cold";
		atMost("cold: a router's first emit in a warm JVM", "ColdBenchmark.emit by=router emits=1", 300, "µs");
		atMost("cold: emits 2 to 1,000 against a new loop by hand", "ColdBenchmark.emit by=router emits=999",
				"ColdBenchmark.emit by=hand emits=999", 3, "µs");
	}

	private void async() {
		for (String producers : List.of("1", "2")) {
			for (String measuring : ON_OFF) {
				this.group = "async";
				String what = "hand-off, " + plural(producers, "producer") + ", measuring " + measuring
						+ ": throughput against ";
				String ours = "AsyncBenchmark.handOff by=router measuring=" + measuring + " producers=" + producers;
				String jctools = "AsyncBenchmark.handOff by=jctools measuring=off producers=" + producers;
				atLeast(what + "JCTools with parking", ours, jctools, 0.7);
				atLeast(what + "the bounded pool", ours, jctools.replace("jctools", "pool"), 1.2);
			}
		}
		this.group = "lanes";
		for (String rate : List.of("1000", "100000")) {
			String ours = "LaneLoad by=router lanes=1 rate=" + rate + " cpu.nanos";
			atMost("a lane at " + rate + " events a second: processor time an event against the pool's", ours,
					ours.replace("router", "pool"), 1.2, "ns");
		}
	}

	private void churn() {
		this.group = "churn";
		for (String routes : List.of("1", "16")) {
			String what = "churn at 1 kHz, " + plural(routes, "route") + ": ";
			String key = "Churn routes=" + routes + " ";
			atLeast(what + "throughput against static", key + "throughput", 0.8);
			atMost(what + "longest batch of 64 emits (static: " + cell(key + "static.longest.millis", "ms") + ")",
					key + "longest.millis", 5, "ms");
			atMost(what + "subscribe and close in the last second against the first", key + "last.micros",
					key + "first.micros", 1.5, "µs");
		}
	}

	private void virtual() {
		this.group = "virtual";
		String with = "VirtualThreads with ";
		String without = "VirtualThreads without ";
		double added = (this.numbers.median(with + "nanos") - this.numbers.median(without + "nanos")) / 1000;
		add("1,000,000 virtual threads, one emit each: added a thread", cell(with + "nanos", "ns"),
				cell(without + "nanos", "ns"), added, 1, true, " µs");
		atMost("1,000,000 virtual threads: longest emit (without: " + cell(without + "longest.millis", "ms") + ")",
				with + "longest.millis", 10, "ms");
		atMost("1,000,000 virtual threads: time of garbage collection against without", with + "gc.millis",
				without + "gc.millis", 2, "ms");
		String lanes = "LaneLoad by=virtual lanes=8 rate=1000 ";
		atMost("lanes on virtual threads against platform threads: processor time an event", lanes + "cpu.nanos",
				lanes.replace("virtual", "platform") + "cpu.nanos", 1.2, "ns");
		atMost("lanes on virtual threads against platform threads: p99 of emit", lanes + "p99.nanos",
				lanes.replace("virtual", "platform") + "p99.nanos", 2, "ns");
	}

	private void failureAndRegistration() {
		this.group = "failure";
		atMost("a failing emit with 9,900 names against 1", "FailureBenchmark.emit names=9900",
				"FailureBenchmark.emit names=1", 1.5, "ns");
		this.group = "registration";
		for (String names : List.of("same", "own")) {
			for (String method : List.of("register", "registerAndRemove")) {
				String many = "RegistrationBenchmark." + method + " count=10000 names=" + names;
				atMost((method.equals("register") ? "registering" : "registering and removing")
						+ " 10,000 handlers against 1,000, "
						+ (names.equals("same") ? "the same name" : "names of their own"), many,
						many.replace("10000", "1000"), 12, "µs");
			}
		}
	}

	private void memoryAndStartup() {
		this.group = "memory";
		atMost("idle handler", "Footprint sync bytes", 2048, "B");
		atMost("idle asynchronous handler", "Footprint async bytes", 2048, "B");
		double lane = (this.numbers.median("Footprint event-8 bytes") - this.numbers.median("Footprint event-1 bytes"))
				/ 7;
		add("allocation of an emitter for 8 lanes against 1: by each lane", cell("Footprint event-8 bytes", "B"),
				cell("Footprint event-1 bytes", "B"), lane, NO_ENVELOPE, true, " B");
		double mebibytes = this.numbers.median("Footprint wide bytes") / (1 << 20);
		add("memory of 10,000 names × 64 emitting threads × 8 handlers", "", "", mebibytes, 64, true, " MiB");
		atMost("a snapshot of that", "Footprint wide snapshot.millis", 150, "ms");
		this.group = "startup";
		double own = (this.numbers.median("Startup with own") + this.numbers.median("Startup without configuration"))
				/ 1000;
		add("start-up added to an empty web application, of its own", "", "", own, 60, true, " ms");
	}

	private void atMost(String what, String ours, String against, double bound, String unit) {
		add(what, cell(ours, unit), cell(against, unit), this.numbers.ratio(ours, against), bound, true);
	}

	private void atMost(String what, String key, double bound, String unit) {
		add(what, "", "", this.numbers.median(key), bound, true, " " + unit);
	}

	/** Of times: the throughput is the higher, the lower they are. */
	private void atLeast(String what, String ours, String against, double bound) {
		add(what, cell(ours, "ns"), cell(against, "ns"), this.numbers.ratio(against, ours), bound, false);
	}

	private void atLeast(String what, String ratio, double bound) {
		add(what, "", "", this.numbers.median(ratio), bound, false);
	}

	private void noAllocation(String what, String key) {
		double bytes = this.numbers.median(key + " B");
		this.targets
			.add(new Target(this.group, what, "", "", format(bytes, " B"), "0 B", verdict(bytes, NO_ALLOCATION, true)));
	}

	private void add(String what, String ours, String against, double value, double bound, boolean most) {
		add(what, ours, against, value, bound, most, "");
	}

	private void add(String what, String ours, String against, double value, double bound, boolean most, String unit) {
		String shown = String.format(Locale.ROOT, (bound == Math.rint(bound)) ? "%.0f" : "%.2f", bound);
		this.targets.add(new Target(this.group, what, ours, against, format(value, unit),
				(most ? "≤ " : "≥ ") + shown + unit, verdict(value, bound, most)));
	}

	private static String format(double value, String unit) {
		return Double.isNaN(value) ? "" : String.format(Locale.ROOT, unit.isEmpty() ? "%.3f" : "%.2f", value) + unit;
	}

	private String cell(String key, String unit) {
		return this.numbers.has(key) ? Page.number(this.numbers.median(key)) + " " + unit : "";
	}

	static Verdict verdict(double value, double bound, boolean most) {
		if (Double.isNaN(value)) {
			return Verdict.NOT_RUN;
		}
		return (most ? value <= bound : value >= bound) ? Verdict.MET : Verdict.MISSED;
	}

	private static String plural(String count, String noun) {
		return count + " " + noun + (count.equals("1") ? "" : "s");
	}

	/**
	 * A target and what was reached.
	 *
	 * @param group the part of the report it belongs to
	 * @param what what is compared
	 * @param ours our number
	 * @param against the number ours is compared with
	 * @param reached the ratio, or the number itself
	 * @param bound what that should be
	 * @param verdict whether it is
	 */
	record Target(String group, String what, String ours, String against, String reached, String bound,
			Verdict verdict) {
	}

	/** Whether a target is met. */
	enum Verdict {

		MET("met"), MISSED("**not met**"), NOT_RUN("not run");

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
