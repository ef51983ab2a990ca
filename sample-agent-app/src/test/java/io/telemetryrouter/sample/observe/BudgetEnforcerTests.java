package io.telemetryrouter.sample.observe;

import java.math.BigDecimal;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.AgentRunCompleted;
import io.telemetryrouter.sample.agent.BudgetThresholdHit;
import io.telemetryrouter.sample.agent.ModelResponseReceived;
import io.telemetryrouter.sample.agent.TokenUsage;
import io.telemetryrouter.sample.config.SampleProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link CostTracker} and {@link BudgetEnforcer}.
 */
class BudgetEnforcerTests {

	private static final EventType<BudgetThresholdHit> HIT = EventType.of(BudgetThresholdHit.class);

	private final TelemetryEmitter telemetry = mock(TelemetryEmitter.class);

	private final SampleProperties properties = new Binder(new MapConfigurationPropertySource()).bindOrCreate("sample",
			SampleProperties.class);

	private final CostTracker costs = new CostTracker(this.properties);

	private final BudgetEnforcer enforcer = new BudgetEnforcer(this.telemetry, this.costs, this.properties);

	@Test
	void whenThresholdsAreReachedThenEachIsAnnouncedOnce() {
		// 0.0025 a response: eight are 0.02, ten are the budget
		for (int i = 0; i < 12; i++) {
			respond("run", 1000);
		}
		then(this.telemetry).should().emit(HIT, hit("run", "0.8", "0.02"));
		then(this.telemetry).should().emit(HIT, hit("run", "1.0", "0.025"));
		then(this.telemetry).shouldHaveNoMoreInteractions();
	}

	@Test
	void whenOneResponseReachesAllThresholdsThenAllAreAnnounced() {
		respond("run", 100_000);
		then(this.telemetry).should().emit(HIT, hit("run", "0.8", "0.25"));
		then(this.telemetry).should().emit(HIT, hit("run", "1.0", "0.25"));
	}

	@Test
	void whenRunIsCompletedThenItIsForgotten() {
		respond("run", 9000);
		this.costs.onRunCompleted(new AgentRunCompleted("run", false, 1, Duration.ZERO));
		this.enforcer.onRunCompleted(new AgentRunCompleted("run", false, 1, Duration.ZERO));
		assertThat(this.costs.spentBy("run")).isZero();
		respond("run", 7000);
		then(this.telemetry).should().emit(HIT, hit("run", "0.8", "0.0225"));
		then(this.telemetry).shouldHaveNoMoreInteractions();
		assertThat(this.costs.totalUsage()).isEqualTo(new TokenUsage(16000, 0, true));
	}

	private void respond(String runId, long promptTokens) {
		ModelResponseReceived response = new ModelResponseReceived(runId, new TokenUsage(promptTokens, 0, true), 0,
				Duration.ZERO);
		this.costs.onModelResponse(response);
		this.enforcer.onModelResponse(response);
	}

	private BudgetThresholdHit hit(String runId, String threshold, String spent) {
		// The scale is that of the prices
		BigDecimal exact = new BigDecimal(spent).setScale(8);
		return new BudgetThresholdHit(runId, new BigDecimal(threshold), exact, this.properties.budget().perRun());
	}

}
