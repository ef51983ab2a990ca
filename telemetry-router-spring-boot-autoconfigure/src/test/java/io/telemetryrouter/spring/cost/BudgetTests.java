package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CostRecorder}: sums and thresholds.
 */
@ExtendWith(OutputCaptureExtension.class)
class BudgetTests {

	private static final BigDecimal PRICE = new BigDecimal("0.123456789");

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final Queue<CostRecorded> costs = new ConcurrentLinkedQueue<>();

	private final Queue<BudgetThreshold> thresholds = new ConcurrentLinkedQueue<>();

	private volatile Instant now = Instant.parse("2026-03-01T23:30:00Z");

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenManyThreadsSpendThenSumIsExactAndEachThresholdIsReachedOnce() throws Exception {
		int threads = 64;
		int calls = 250;
		List<List<ModelCall.Completed>> work = new ArrayList<>();
		BigDecimal expected = BigDecimal.ZERO;
		Random random = new Random(17);
		for (int thread = 0; thread < threads; thread++) {
			List<ModelCall.Completed> own = new ArrayList<>();
			for (int i = 0; i < calls; i++) {
				Tokens tokens = new Tokens(random.nextInt(100_000), random.nextInt(10_000));
				own.add(call(Run.of("run-" + thread), tokens));
				expected = expected.add(cost(tokens));
			}
			work.add(own);
		}
		List<BigDecimal> percents = new ArrayList<>();
		for (int percent = 1; percent <= 100; percent++) {
			percents.add(BigDecimal.valueOf(percent));
		}
		// The last call reaches the last threshold only if no amount was lost or rounded
		start(new Budget("all", Budget.Per.DAY, expected, percents));
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		CountDownLatch go = new CountDownLatch(1);
		List<Future<?>> ends = new ArrayList<>();
		for (List<ModelCall.Completed> own : work) {
			ends.add(executor.submit(() -> {
				go.await();
				own.forEach(this::emit);
				return null;
			}));
		}
		go.countDown();
		for (Future<?> end : ends) {
			end.get(60, TimeUnit.SECONDS);
		}
		executor.shutdown();
		assertThat(this.costs.stream().map(CostRecorded::amount).reduce(BigDecimal.ZERO, BigDecimal::add))
			.isEqualByComparingTo(expected);
		assertThat(this.thresholds).extracting(BudgetThreshold::percent).containsExactlyInAnyOrderElementsOf(percents);
		assertThat(this.thresholds.stream()
			.filter((reached) -> reached.percent().intValue() == 100)
			.map(BudgetThreshold::spent)
			.toList()).singleElement().satisfies((spent) -> assertThat(spent).isEqualByComparingTo(expected(work)));
	}

	private static BigDecimal expected(List<List<ModelCall.Completed>> work) {
		return work.stream()
			.flatMap(List::stream)
			.map((call) -> cost(call.tokens()))
			.reduce(BigDecimal.ZERO, BigDecimal::add);
	}

	@Test
	void whenBudgetIsPerRunThenNestedRunsCountForTheOutermost() {
		start(budget(Budget.Per.RUN, "2"));
		spend(Run.of("a"), 1);
		spend(Run.of("b"), 1);
		assertThat(this.thresholds).isEmpty();
		spend(new Run("a.1", "a", "a", null, null, null), 1);
		assertThat(this.thresholds).singleElement().satisfies((reached) -> {
			assertThat(reached.key()).isEqualTo("a");
			assertThat(reached.budget()).isEqualTo("some");
			assertThat(reached.per()).isEqualTo(Budget.Per.RUN);
			assertThat(reached.spent()).isEqualByComparingTo("2");
			assertThat(reached.limit()).isEqualByComparingTo("2");
			assertThat(reached.run().id()).isEqualTo("a.1");
		});
		spend(Run.of("a"), 5);
		assertThat(this.thresholds).hasSize(1);
	}

	@Test
	void whenDayIsOverThenBudgetOfTheDayBeginsAgain() {
		start(budget(Budget.Per.DAY, "2"));
		spend(Run.of("a"), 2);
		this.now = Instant.parse("2026-03-02T00:00:00Z");
		spend(Run.of("a"), 1);
		assertThat(this.thresholds).hasSize(1);
		spend(Run.of("a"), 1);
		assertThat(this.thresholds).extracting(BudgetThreshold::key).containsExactly("2026-03-01", "2026-03-02");
	}

	@Test
	void whenBudgetIsPerTenantThenResolverSaysWhose() {
		start(budget(Budget.Per.TENANT, "2"));
		spend(Run.of("acme-1"), 1);
		spend(Run.of("other-1"), 1);
		spend(Run.of("nobody"), 100);
		assertThat(this.thresholds).isEmpty();
		spend(Run.of("acme-2"), 1);
		assertThat(this.thresholds).extracting(BudgetThreshold::key).containsExactly("acme");
	}

	@Test
	void whenTenantCannotBeResolvedThenOtherBudgetsCountTheCostAllTheSame() {
		start(budget(Budget.Per.TENANT, "2"), budget(Budget.Per.DAY, "2"));
		spend(Run.of("unknown-1"), 2);
		assertThat(this.thresholds).extracting(BudgetThreshold::per).containsExactly(Budget.Per.DAY);
		assertThat(
				this.router.snapshot().handlers().values().stream().mapToLong((handler) -> handler.account().failed()))
			.contains(1L);
	}

	@Test
	void whenOneCallReachesSeveralThresholdsThenEachIsReported() {
		start(new Budget("some", Budget.Per.RUN, BigDecimal.ONE,
				List.of(BigDecimal.valueOf(100), BigDecimal.valueOf(50))));
		spend(Run.of("a"), 3);
		assertThat(this.thresholds).extracting((reached) -> reached.percent().intValue()).containsExactly(50, 100);
	}

	@Test
	void whenMoreRunsSpendThanAreHeldThenTheOldestAreForgotten(CapturedOutput output) {
		BudgetAccounts accounts = new BudgetAccounts(budget(Budget.Per.RUN, "2"));
		for (int i = 0; i < BudgetAccounts.MAX_ACCOUNTS + 5; i++) {
			accounts.add("run-" + i, BigDecimal.ONE);
		}
		assertThat(accounts.add("run-0", BigDecimal.ONE)).isEmpty();
		assertThat(accounts.add("run-100", BigDecimal.ONE)).hasSize(1);
		assertThat(output.getOut().split("forgets the costs of a run", -1)).hasSize(2);
	}

	@Test
	void whenModelHasNoPriceThenItIsReportedOnceAndCounted(CapturedOutput output) {
		CostRecorder recorder = start(budget(Budget.Per.RUN, "2"));
		for (int i = 0; i < 3; i++) {
			emit(PriceTableTests.call("odd\nmodel", null, new Tokens(1, 1)));
		}
		assertThat(recorder.unpriced()).isEqualTo(3);
		assertThat(this.costs).isEmpty();
		assertThat(output.getOut().split("Model 'odd\\?model' has no price", -1)).hasSize(2);
	}

	@Test
	void whenCallHasNoTokensThenItIsReportedOnceAndCounted(CapturedOutput output) {
		CostRecorder recorder = start(budget(Budget.Per.RUN, "2"));
		emit(PriceTableTests.call("m", null, null));
		emit(PriceTableTests.call("m", null, null));
		assertThat(this.costs).isEmpty();
		assertThat(recorder.unpriced()).isEqualTo(2);
		assertThat(output.getOut().split("call to model 'm' has no valid token counts", -1)).hasSize(2);
	}

	private CostRecorder start(Budget... budgets) {
		PriceTable table = new PriceTable(List.of(new ModelPrice("m", PRICE, PRICE, null, null),
				new ModelPrice("unit", BigDecimal.valueOf(1_000_000), BigDecimal.ZERO, null, null)));
		CostRecorder recorder = new CostRecorder(() -> this.router, table, Currency.getInstance("EUR"),
				List.of(budgets), BudgetTests::tenant, new TestClock());
		this.router.subscribe(EventType.of(ModelCall.Completed.class), (name, call) -> recorder.onModelCall(call));
		this.router.subscribe(EventType.of(CostRecorded.class), (name, cost) -> this.costs.add(cost));
		this.router.subscribe(EventType.of(BudgetThreshold.class), (name, reached) -> this.thresholds.add(reached));
		return recorder;
	}

	private static String tenant(Run run) {
		if (run.id().startsWith("unknown")) {
			throw new IllegalStateException("no tenant");
		}
		int dash = run.id().indexOf('-');
		return (dash < 0) ? null : run.id().substring(0, dash);
	}

	private static Budget budget(Budget.Per per, String limit) {
		return new Budget("some", per, new BigDecimal(limit), List.of(BigDecimal.valueOf(100)));
	}

	private void spend(Run run, int units) {
		emit(PriceTableTests.call(run, "unit", null, new Tokens(units, 0)));
	}

	private void emit(ModelCall.Completed call) {
		this.router.emit(EventType.of(ModelCall.Completed.class), call);
	}

	private static ModelCall.Completed call(Run run, Tokens tokens) {
		return PriceTableTests.call(run, "m", null, tokens);
	}

	private static BigDecimal cost(Tokens tokens) {
		return PRICE.multiply(BigDecimal.valueOf(tokens.total())).divide(BigDecimal.valueOf(1_000_000));
	}

	/** A clock in UTC that the test sets. */
	private final class TestClock extends Clock {

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return Clock.fixed(BudgetTests.this.now, zone);
		}

		@Override
		public Instant instant() {
			return BudgetTests.this.now;
		}

	}

}
