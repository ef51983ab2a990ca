package io.telemetryrouter.spring.metrics;

import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.RequiredSearch;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EventMetricsTests {

	private final StubRouter stub = new StubRouter();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final TelemetryRouterMetrics metrics = new TelemetryRouterMetrics(this.stub.router(), 2);

	@Test
	void eventSeriesFollowTheEvent() {
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("tool", 20, 3));
		FunctionTimer dispatch = this.registry.get("telemetry.router.dispatch").tag("event", "tool").functionTimer();
		assertThat(dispatch.count()).isEqualTo(20);
		assertThat(dispatch.totalTime(TimeUnit.MICROSECONDS)).isEqualTo(40);
		assertThat(this.registry.get("telemetry.router.dispatch.max")
			.tag("event", "tool")
			.timeGauge()
			.value(TimeUnit.MICROSECONDS)).isEqualTo(20);
		assertThat(counter("telemetry.router.slow", "event", "tool")).isEqualTo(2);
		assertThat(counter("telemetry.router.unhandled")).isEqualTo(3);
	}

	@Test
	void whenThereAreMoreEventsThanTagsThenOtherSumsTheRest() {
		this.stub.event(StubRouter.event("a", 1, 1)).event(StubRouter.event("b", 20, 0));
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("c", 30, 30))
			.event(StubRouter.event("d", 400, 0))
			.event(StubRouter.event("_other", 5000, 5000));
		assertThat(this.registry.get("telemetry.router.dispatch").functionTimers())
			.extracting((timer) -> timer.getId().getTag("event"))
			.containsExactlyInAnyOrder("a", "b", "_other");
		RequiredSearch other = this.registry.get("telemetry.router.dispatch").tag("event", "_other");
		assertThat(other.functionTimer().count()).isEqualTo(5430);
		assertThat(other.functionTimer().totalTime(TimeUnit.MICROSECONDS)).isEqualTo(2 * 5430);
		assertThat(this.registry.get("telemetry.router.dispatch.max")
			.tag("event", "_other")
			.timeGauge()
			.value(TimeUnit.MICROSECONDS)).isEqualTo(5000);
		assertThat(counter("telemetry.router.slow", "event", "_other")).isEqualTo(543);
		assertThat(counter("telemetry.router.unhandled")).isEqualTo(5031);
	}

	@Test
	void whenEventIsForgottenThenItsCountsBelongToOtherAndItsTagIsFree() {
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("a", 1, 1)).event(StubRouter.event("b", 20, 0));
		this.stub.forgetEvent("a", StubRouter.event("_other", 1, 1)).run();
		this.stub.event(StubRouter.event("c", 300, 0));
		assertThat(events(this.registry)).containsExactlyInAnyOrder("b", "c", "_other");
		assertThat(this.registry.get("telemetry.router.dispatch").tag("event", "_other").functionTimer().count())
			.isEqualTo(1);
		assertThat(counter("telemetry.router.unhandled")).isEqualTo(1);
	}

	@Test
	void whenEventIsForgottenThenNoCounterFallsBack() {
		this.stub.event(StubRouter.event("a", 0, 0)).event(StubRouter.event("b", 0, 0));
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("c", 300, 300));
		FunctionTimer other = this.registry.get("telemetry.router.dispatch").tag("event", "_other").functionTimer();
		double count = other.count();
		double total = other.totalTime(TimeUnit.NANOSECONDS);
		assertThat(counter("telemetry.router.unhandled")).isEqualTo(300);
		Runnable told = this.stub.forgetEvent("c", StubRouter.event("_other", 0, 0));
		assertThat(other.count()).isEqualTo(count);
		told.run();
		assertThat(other.count()).isEqualTo(count);
		assertThat(other.totalTime(TimeUnit.NANOSECONDS)).isEqualTo(total);
		assertThat(counter("telemetry.router.unhandled")).isEqualTo(300);
	}

	@Test
	void whenNoEventTagsAreAllowedThenOtherSumsAll() {
		this.stub.event(StubRouter.event("a", 1, 1)).event(StubRouter.event("b", 20, 0));
		new TelemetryRouterMetrics(this.stub.router(), 0).bindTo(this.registry);
		assertThat(this.registry.get("telemetry.router.dispatch").functionTimer().count()).isEqualTo(21);
	}

	@Test
	void whenMaxEventTagsIsNegativeThenThrows() {
		assertThatExceptionOfType(IllegalArgumentException.class)
			.isThrownBy(() -> new TelemetryRouterMetrics(this.stub.router(), -1))
			.withMessage("'maxEventTags' must not be negative, but is -1");
	}

	private double counter(String name, String... tags) {
		FunctionCounter counter = this.registry.get(name).tags(tags).functionCounter();
		return counter.count();
	}

	private List<String> events(MeterRegistry registry) {
		return registry.get("telemetry.router.dispatch")
			.functionTimers()
			.stream()
			.map((timer) -> timer.getId().getTag("event"))
			.toList();
	}

}
