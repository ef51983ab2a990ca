package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.ToLongBiFunction;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Patterns that do not match have no cost, not even for an emit of an untracked name.
 */
@Tag("cost")
class PatternCostTests {

	private static final double MARGIN = 8;

	/** The same for a sum, in which other costs level differences out. */
	private static final double SUM_MARGIN = 3;

	private static final int FEW = 10;

	private static final int MANY = 20_000;

	private static final int ROUNDS = 20;

	private TelemetryRouter router;

	@AfterEach
	void close() {
		if (this.router != null) {
			this.router.close();
		}
	}

	// Emits of names that are not tracked

	/** The patterns that do not match. */
	@ParameterizedTest
	@ValueSource(strings = { "other%d.*", "name.other%d.*", "*.other%d", "other%d.**", "*.*.other%d" })
	void whenManyPatternsDoNotMatchThenAnUntrackedEmitCostsWhatItCostsWithFew(String pattern) {
		assertSame(() -> untracked(pattern, MANY, "name.untracked"), () -> untracked(pattern, FEW, "name.untracked"));
	}

	@Test
	void whenManyPatternsDoNotMatchThenALongNameCostsWhatItCostsWithFew() {
		// Longer than what is ever kept.
		String name = "name." + "long".repeat(200);
		assertSame(() -> untracked("other%d.*", MANY, name), () -> untracked("other%d.*", FEW, name));
	}

	@Test
	void whenManyNamesAreHandledThenAnUntrackedEmitCostsWhatItCostsWithFew() {
		assertSame(() -> untracked("exact.other%d", MANY, "name.untracked"),
				() -> untracked("exact.other%d", FEW, "name.untracked"));
	}

	private long untracked(String pattern, int patterns, String name) {
		open(1);
		subscribe(pattern, patterns);
		AtomicInteger handled = new AtomicInteger();
		this.router.subscribe("name.*", (event, payload) -> handled.incrementAndGet());
		this.router.emit("tracked", null);
		AtomicInteger number = new AtomicInteger();
		long nanos = Effort.cpuNanos(ROUNDS, () -> {
			for (int i = 0; i < 10; i++) {
				// Each is new, as names made up at run time are.
				this.router.emit(name + number.incrementAndGet(), null);
			}
		});
		assertThat(handled).hasValue(10 * ROUNDS);
		return nanos;
	}

	@ParameterizedTest
	@ValueSource(strings = { "other%d.*", "*.other%d" })
	void whenManyPatternsDoNotMatchThenAskingForHandlersOfAnUntrackedNameCostsWhatItCostsWithFew(String pattern) {
		assertSame(() -> asking(pattern, MANY), () -> asking(pattern, FEW));
	}

	private long asking(String pattern, int patterns) {
		open(1);
		subscribe(pattern, patterns);
		this.router.emit("tracked", null);
		AtomicInteger heard = new AtomicInteger();
		AtomicInteger number = new AtomicInteger();
		long nanos = Effort.cpuNanos(ROUNDS, () -> {
			for (int i = 0; i < 10; i++) {
				heard.addAndGet(this.router.hasHandlers("name.untracked" + number.incrementAndGet()) ? 1 : 0);
			}
		});
		assertThat(heard).hasValue(0);
		return nanos;
	}

	// Snapshots

	/**
	 * Whether the routes of the names are compiled: a handler that came after the last
	 * emits has them thrown away.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenThereAreManyNamesAndPatternsThenASnapshotCostsWhatTheyCostApart(boolean compiled) {
		assertSum((names, patterns) -> snapshot(names, patterns, compiled));
	}

	private long snapshot(int names, int patterns, boolean compiled) {
		open(names + 10);
		subscribe("other%d.*", patterns);
		for (int i = 0; i < names; i++) {
			this.router.emit("name." + i, null);
		}
		if (!compiled) {
			this.router.subscribe("**", (event, payload) -> {
			});
		}
		return snapshots();
	}

	/** Names that were never emitted have no route at all. */
	@Test
	void whenThereAreManyNamedHandlersAndPatternsThenASnapshotCostsWhatTheyCostApart() {
		assertSum((names, patterns) -> {
			open(10);
			subscribe("other%d.*", patterns);
			subscribe("name.%d", names);
			return snapshots();
		});
	}

	/** The first one may have to look at everything. */
	private long snapshots() {
		this.router.snapshot();
		return Effort.cpuNanos(5, this.router::snapshot);
	}

	private static void assertSum(ToLongBiFunction<Integer, Integer> cost) {
		int many = 3000;
		long both = cost.applyAsLong(many / 3, many);
		long apart = cost.applyAsLong(many / 3, FEW) + cost.applyAsLong(FEW, many);
		assertThat((double) both / apart).as("apart: %d ns, both: %d ns", apart, both).isLessThanOrEqualTo(SUM_MARGIN);
	}

	@Test
	void whenThereAreManyPatternsThenOneEventsSnapshotCostsWhatItCostsWithFew() {
		assertSame(() -> event(MANY), () -> event(FEW));
	}

	private long event(int patterns) {
		open(10);
		subscribe("other%d.*", patterns);
		this.router.subscribe("name.event", (event, payload) -> {
		});
		this.router.eventSnapshot("name.event");
		return Effort.cpuNanos(ROUNDS, () -> {
			for (int i = 0; i < 10; i++) {
				this.router.eventSnapshot("name.event");
			}
		});
	}

	private void open(int maxEventNames) {
		close();
		this.router = TelemetryRouter.builder()
			.logger(new Silence())
			.maxEventNames(maxEventNames)
			.registrationWarningThreshold(Integer.MAX_VALUE)
			.stuckThreshold(Duration.ZERO)
			.build();
	}

	private void subscribe(String pattern, int count) {
		for (int i = 0; i < count; i++) {
			this.router.subscribe(HandlerSpec.on(pattern.formatted(i)).source("test").handler((event, payload) -> {
			}).build());
		}
	}

	/** The large one first: everything is compiled when the small one is measured. */
	private static void assertSame(LongSupplier many, LongSupplier few) {
		long large = many.getAsLong();
		long small = Math.min(few.getAsLong(), few.getAsLong());
		assertThat((double) large / small).as("few: %d ns, many: %d ns", small, large).isLessThanOrEqualTo(MARGIN);
	}

}
