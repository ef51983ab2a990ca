package io.telemetryrouter.spring.autoconfigure.cost;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.agent.TelemetryRouterAgentAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;
import io.telemetryrouter.spring.cost.BudgetThreshold;
import io.telemetryrouter.spring.cost.CostCalculator;
import io.telemetryrouter.spring.cost.CostRecorded;
import io.telemetryrouter.spring.cost.CostRecorder;
import io.telemetryrouter.spring.cost.TenantResolver;
import io.telemetryrouter.spring.metrics.AgentMeters;
import io.telemetryrouter.spring.test.AgentEvents;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterCostAutoConfiguration}.
 */
class TelemetryRouterCostAutoConfigurationTests {

	private static final String PREFIX = "telemetry-router.cost.";

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterCostAutoConfiguration.class, TelemetryRouterMetricsAutoConfiguration.class))
		.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
		.withBean(AgentEvents.class);

	private final ApplicationContextRunner priced = this.runner.withPropertyValues(PREFIX + "prices[0].model=gpt-4o*",
			PREFIX + "prices[0].input=2.50", PREFIX + "prices[0].output=10", PREFIX + "prices[0].cached-input=1.25");

	@Test
	void whenNothingIsPricedThenNothingListens() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(CostRecorder.class)
			.doesNotHaveBean(AgentMeters.class));
	}

	@Test
	void whenModelIsPricedThenCallHasCostAndMetersCount() {
		this.priced.run((context) -> {
			emit(context.getBean(TelemetryEmitter.class), "gpt-4o-mini", 1_000_000);
			CostRecorded cost = context.getBean(AgentEvents.class).single(CostRecorded.class);
			assertThat(cost.amount()).isEqualByComparingTo("2.50");
			assertThat(cost.currency()).isEqualTo("USD");
			assertThat(cost.model()).isEqualTo("gpt-4o-mini");
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("telemetry.router.agent.cost")
				.tags("model", "gpt-4o-mini", "currency", "USD")
				.counter()
				.count()).isEqualTo(2.5);
			assertThat(registry.get("telemetry.router.agent.tokens")
				.tags("model", "gpt-4o-mini", "direction", "input")
				.counter()
				.count()).isEqualTo(1_000_000);
		});
	}

	@Test
	void whenModelHasNoPriceThenMeterCountsItsCalls() {
		this.priced.run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("telemetry.router.agent.unpriced").functionCounter().count()).isZero();
			emit(context.getBean(TelemetryEmitter.class), "unknown", 10);
			emit(context.getBean(TelemetryEmitter.class), "gpt-4o", 10);
			assertThat(registry.get("telemetry.router.agent.unpriced").functionCounter().count()).isEqualTo(1);
		});
	}

	@Test
	void whenAdapterFailsThenMeterCountsItByFramework() {
		this.priced.withConfiguration(AutoConfigurations.of(TelemetryRouterAgentAutoConfiguration.class))
			.run((context) -> {
				AgentTelemetry telemetry = context.getBean(AgentTelemetry.class);
				for (String framework : List.of("spring-ai", "langchain4j", "langchain4j", "mine", "yours")) {
					telemetry.guard(framework, () -> {
						throw new IllegalStateException("expected");
					});
				}
				MeterRegistry registry = context.getBean(MeterRegistry.class);
				assertThat(registry.get("telemetry.router.agent.failures").functionCounters())
					.extracting((counter) -> counter.getId().getTag("framework") + " " + (int) counter.count())
					.containsExactlyInAnyOrder("spring-ai 1", "langchain4j 2", "_other 2");
			});
	}

	@Test
	void whenContextClosesThenItsMetersLeaveTheSharedRegistry() {
		MeterRegistry shared = new SimpleMeterRegistry();
		for (int i = 0; i < 2; i++) {
			this.priced.withBean("shared", MeterRegistry.class, () -> shared, (definition) -> {
				definition.setPrimary(true);
				definition.setDestroyMethodName("");
			})
				.run((context) -> assertThat(shared.get("telemetry.router.agent.unpriced").functionCounter().count())
					.isZero());
		}
		assertThat(shared.getMeters()).extracting((meter) -> meter.getId().getName())
			.doesNotContain("telemetry.router.agent.unpriced", "telemetry.router.agent.failures");
	}

	@Test
	void whenThereAreMoreModelsThanTagsThenTheOthersShareOne() {
		this.priced.withPropertyValues("telemetry-router.max-event-tags=2").run((context) -> {
			for (int i = 0; i < 5; i++) {
				emit(context.getBean(TelemetryEmitter.class), "gpt-4o-" + i, 10);
			}
			assertThat(context.getBean(MeterRegistry.class).find("telemetry.router.agent.cost").counters())
				.extracting((counter) -> counter.getId().getTag("model"))
				.containsExactlyInAnyOrder("gpt-4o-0", "gpt-4o-1", "_other");
		});
	}

	@Test
	void whenBudgetIsConfiguredThenThresholdIsReported() {
		this.priced
			.withPropertyValues(PREFIX + "budgets[0].name=small", PREFIX + "budgets[0].per=run",
					PREFIX + "budgets[0].limit=5", PREFIX + "budgets[0].thresholds=50,100")
			.run((context) -> {
				TelemetryEmitter emitter = context.getBean(TelemetryEmitter.class);
				emit(emitter, "gpt-4o", 1_000_000);
				emit(emitter, "gpt-4o", 1_000_000);
				assertThat(context.getBean(AgentEvents.class).payloads(BudgetThreshold.class))
					.extracting((reached) -> reached.percent().intValue())
					.containsExactly(50, 100);
			});
	}

	@Test
	void whenApplicationHasCalculatorThenItCounts() {
		this.priced.withBean(CostCalculator.class, () -> (call) -> BigDecimal.TEN).run((context) -> {
			emit(context.getBean(TelemetryEmitter.class), "any", 1);
			assertThat(context.getBean(AgentEvents.class).single(CostRecorded.class).amount())
				.isEqualTo(BigDecimal.TEN);
		});
	}

	@Test
	void whenApplicationHasOnlyACalculatorThenItCounts() {
		this.runner.withBean(CostCalculator.class, () -> (call) -> BigDecimal.TEN).run((context) -> {
			emit(context.getBean(TelemetryEmitter.class), "any", 1);
			assertThat(context.getBean(AgentEvents.class).single(CostRecorded.class).amount())
				.isEqualTo(BigDecimal.TEN);
		});
	}

	@Test
	void whenTheOnlyPropertyIsMisspeltThenStartFails() {
		this.runner.withPropertyValues(PREFIX + "prizes[0].model=x")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("telemetry-router.cost.prizes[0].model"));
	}

	@Test
	void whenSwitchedOffThenNothingListens() {
		this.priced.withPropertyValues(PREFIX + "enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(CostRecorder.class));
	}

	@Test
	void whenPatternsOverlapThenStartFailsNamingBoth() {
		this.priced
			.withPropertyValues(PREFIX + "prices[1].model=gpt-*-mini", PREFIX + "prices[1].input=1",
					PREFIX + "prices[1].output=1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("telemetry-router.cost.prices[1].model")
				.hasMessageContaining("'gpt-4o*' and 'gpt-*-mini'"));
	}

	@Test
	void whenPriceIsNegativeThenStartFails() {
		for (String price : List.of("input", "output", "cached-input", "cache-write")) {
			this.priced.withPropertyValues(PREFIX + "prices[0]." + price + "=-1")
				.run((context) -> assertThat(context).getFailure()
					.rootCause()
					.hasMessageContaining("telemetry-router.cost.prices[0]." + price)
					.hasMessageContaining("must not be negative"));
		}
	}

	@Test
	void whenPriceIsMissingThenStartFails() {
		this.runner.withPropertyValues(PREFIX + "prices[0].model=x", PREFIX + "prices[0].input=1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("telemetry-router.cost.prices[0].output")
				.hasMessageContaining("must be set"));
	}

	@Test
	void whenModelIsMissingThenStartFails() {
		this.runner.withPropertyValues(PREFIX + "prices[0].input=1")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("telemetry-router.cost.prices[0].model"));
	}

	@Test
	void whenThereAreBudgetsAndNoPricesThenModelIsReported() {
		this.runner.withPropertyValues(PREFIX + "budgets[0].name=t", PREFIX + "budgets[0].limit=1").run((context) -> {
			emit(context.getBean(TelemetryEmitter.class), "gpt-4o", 10);
			assertThat(context.getBean(CostRecorder.class).unpriced()).isEqualTo(1);
		});
	}

	@Test
	void whenCurrencyIsUnknownThenStartFails() {
		this.priced.withPropertyValues(PREFIX + "currency=XXQ")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("telemetry-router.cost.currency")
				.hasStackTraceContaining("XXQ"));
	}

	@Test
	void whenSettingIsMisspeltThenStartFails() {
		this.priced.withPropertyValues(PREFIX + "prices[0].cachedinputs=1")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("cachedinputs"));
	}

	@Test
	void whenBudgetIsPerTenantThenResolverIsNeeded() {
		ApplicationContextRunner perTenant = this.priced.withPropertyValues(PREFIX + "budgets[0].name=t",
				PREFIX + "budgets[0].per=tenant", PREFIX + "budgets[0].limit=5");
		perTenant.run((context) -> assertThat(context).getFailure()
			.rootCause()
			.hasMessageContaining("telemetry-router.cost.budgets[0].per")
			.hasMessageContaining("TenantResolver"));
		perTenant.withBean(TenantResolver.class, () -> (run) -> "acme")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void whenLimitIsNotPositiveThenStartFails() {
		this.priced.withPropertyValues(PREFIX + "budgets[0].name=t", PREFIX + "budgets[0].limit=0")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("telemetry-router.cost.budgets[0].limit"));
	}

	private static void emit(TelemetryEmitter emitter, String model, long input) {
		ModelCall.Started started = new ModelCall.Started(Run.of("r1"), "chat", 1, "openai", model, false, 1, List.of(),
				null);
		emitter.emit(new ModelCall.Completed(started, Duration.ofMillis(1), null, model, null, new Tokens(input, 0),
				null, List.of("stop"), 0, null));
	}

}
