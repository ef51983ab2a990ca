package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.benchmarks.Targets.Target;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Verdicts on numbers.
 */
class TargetsTests {

	private static final String MET = "met";

	private static final String MISSED = "**not met**";

	private static final String NOT_RUN = "not run";

	private final Numbers numbers = new Numbers();

	@Test
	void whenRatioIsAtItsBoundThenTargetIsMet() {
		assertThat(Targets.verdict(1.3, 1.3, true)).isEqualTo(MET);
		assertThat(Targets.verdict(1.301, 1.3, true)).isEqualTo(MISSED);
		assertThat(Targets.verdict(0.8, 0.8, false)).isEqualTo(MET);
		assertThat(Targets.verdict(0.799, 0.8, false)).isEqualTo(MISSED);
		assertThat(Targets.verdict(Double.NaN, 1, false)).isEqualTo(NOT_RUN);
	}

	@Test
	void whenNothingRanThenNoTargetIsMet() throws IOException {
		assertThat(targets("churn")).hasSize(6).allSatisfy((target) -> assertThat(target.verdict()).isEqualTo(NOT_RUN));
	}

	@Test
	void whenHandOffTakesHalfTheTimeThenThroughputIsTwice() throws IOException {
		this.numbers.add("AsyncBenchmark.handOff by=router measuring=off producers=1", 50);
		this.numbers.add("AsyncBenchmark.handOff by=pool measuring=off producers=1", 100);
		assertThat(targets("async")).filteredOn((target) -> !target.verdict().equals(NOT_RUN))
			.singleElement()
			.satisfies((target) -> assertThat(target.reached()).isEqualTo("2.000"))
			.satisfies((target) -> assertThat(target.verdict()).isEqualTo(MET));
	}

	@Test
	void whenLineStandsForSeveralThenEachIsATarget() throws IOException {
		assertThat(Targets.expand("[1|2] of [a|b], [1|2]")).containsExactly("1 of a, 1", "1 of b, 1", "2 of a, 2",
				"2 of b, 2");
		this.numbers.add("SyncBenchmark.emit by=exact handlers=8 measuring=on", 300);
		this.numbers.add("SyncBenchmark.emit by=exact handlers=8 measuring=on threads=2", 330);
		assertThat(targets("sync")).filteredOn((target) -> target.what().startsWith("2 threads"))
			.extracting(Target::reached)
			.containsExactly("", "1.100");
	}

	@Test
	void whenDifferenceIsJudgedThenItHasAUnit() throws IOException {
		this.numbers.add("VirtualThreads emits=with threads=1000000 micros", 1.5);
		this.numbers.add("VirtualThreads emits=without threads=1000000 micros", 0.75);
		assertThat(targets("virtual")).first()
			.isEqualTo(new Target("1,000,000 virtual threads, one emit each: added a thread", "1.50 µs", "0.75 µs",
					"0.75 µs", "≤ 1 µs", MET));
	}

	@Test
	void whenSeveralPeersRanThenTheFastestIsCompared() throws IOException {
		this.numbers.add("SyncBenchmark.emit by=exact handlers=1 measuring=off", 10);
		this.numbers.add("SyncBenchmark.emit by=guava handlers=1 measuring=off", 100);
		this.numbers.add("SyncBenchmark.emit by=reactor handlers=1 measuring=off", 20);
		assertThat(targets("sync")).filteredOn((target) -> target.what().contains("fastest peer"))
			.filteredOn((target) -> target.verdict().equals(MET))
			.extracting(Target::against)
			.containsExactly("20.0 ns");
	}

	@Test
	void whenRenderedThenPageCountsTargets() throws IOException {
		this.numbers.add("ColdBenchmark.emit by=router emits=1", 60);
		String page = new Page().render("| date | today |\n", this.numbers, targets("cold"));
		assertThat(page).contains("| date | today |", "60.00 µs | ≤ 300 µs | met |", "1 of 2 met.",
				"| ColdBenchmark.emit by=router emits=1 | 60.0 | 60.0 | 60.0 | 1 |");
	}

	private List<Target> targets(String group) throws IOException {
		return new Targets(this.numbers).judge(List.of(group));
	}

}
