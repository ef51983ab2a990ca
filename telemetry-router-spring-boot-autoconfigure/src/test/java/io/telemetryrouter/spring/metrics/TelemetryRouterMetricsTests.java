package io.telemetryrouter.spring.metrics;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Currency;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.SpanSnapshot;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalOptions;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.cost.CostRecorded;
import io.telemetryrouter.spring.cost.CostRecorder;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.times;

/**
 * Tests for {@link TelemetryRouterMetrics}.
 */
class TelemetryRouterMetricsTests {

	private final StubRouter stub = new StubRouter();

	private final MeterRegistry registry = new SimpleMeterRegistry();

	private final TelemetryRouterMetrics metrics = new TelemetryRouterMetrics(this.stub.router(), 2);

	@Test
	void whenNothingHappenedThenSeriesExistAtZero() {
		this.stub.handler(async("b", HandlerAccount.EMPTY));
		this.metrics.bindTo(this.registry);
		assertThat(counter("telemetry.router.unhandled")).isZero();
		assertThat(this.registry.get("telemetry.router.dispatch").tag("event", "_other").functionTimer().count())
			.isZero();
		assertThat(this.registry.get("telemetry.router.handler").functionTimers())
			.extracting((timer) -> timer.getId().getTag("outcome"))
			.containsExactlyInAnyOrder("handled", "failed");
		assertThat(this.registry.get("telemetry.router.handler").functionTimers())
			.allSatisfy((timer) -> assertThat(timer.count()).isZero());
		assertThat(this.registry.get("telemetry.router.queue.wait").functionTimer().count()).isZero();
		assertThat(gauge("telemetry.router.queue.size", "handler", "b")).isZero();
		assertThat(gauge("telemetry.router.queue.oldest.age", "handler", "b")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerIsRegisteredThenEveryDropReasonHasSeries(DropReason reason) {
		this.metrics.bindTo(this.registry);
		this.stub.handler(StubRouter.sync("a", "x", HandlerAccount.EMPTY));
		assertThat(counter("telemetry.router.handler.dropped", "handler", "a", "reason", reason.label())).isZero();
	}

	@Test
	void handlerSeriesFollowTheHandler() {
		this.stub.handler(async("b", HandlerAccount.EMPTY));
		this.metrics.bindTo(this.registry);
		this.stub.handler(async("b", StubRouter.account(21, 5, 4, 3, 2, 7)));
		FunctionTimer handled = handlerTimer("b", "handled");
		assertThat(handled.count()).isEqualTo(5);
		assertThat(handled.totalTime(TimeUnit.MICROSECONDS)).isEqualTo(10);
		FunctionTimer failed = handlerTimer("b", "failed");
		assertThat(failed.count()).isEqualTo(4);
		assertThat(failed.totalTime(TimeUnit.MICROSECONDS)).isEqualTo(8);
		assertThat(counter("telemetry.router.handler.filtered", "handler", "b")).isEqualTo(3);
		assertThat(counter("telemetry.router.handler.dropped", "handler", "b", "reason", "queue_full")).isEqualTo(2);
		assertThat(counter("telemetry.router.handler.dropped", "handler", "b", "reason", "closed")).isZero();
		assertThat(gauge("telemetry.router.queue.size", "handler", "b")).isEqualTo(7);
		assertThat(gauge("telemetry.router.queue.capacity", "handler", "b")).isEqualTo(8);
		TimeGauge age = this.registry.get("telemetry.router.queue.oldest.age").timeGauge();
		assertThat(age.value(TimeUnit.MILLISECONDS)).isEqualTo(1500);
		assertThat(this.registry.get("telemetry.router.queue.wait").functionTimer().count()).isEqualTo(5);
	}

	@Test
	void spansHaveSeriesFromTheStart() {
		this.metrics.bindTo(this.registry);
		assertThat(gauge("telemetry.router.spans.open")).isZero();
		assertThat(counter("telemetry.router.spans.dangling")).isZero();
		this.stub.spans(new SpanSnapshot(3, 2, List.of()));
		assertThat(gauge("telemetry.router.spans.open")).isEqualTo(3);
		assertThat(counter("telemetry.router.spans.dangling")).isEqualTo(2);
	}

	@Test
	void syncHandlerHasNoQueueSeries() {
		this.stub.handler(StubRouter.sync("a", "x", HandlerAccount.EMPTY));
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.contains("telemetry.router.handler")
			.noneMatch((name) -> name.startsWith("telemetry.router.queue"));
	}

	@Test
	void handlersAreCountedOnceByModeAndStatus() {
		this.metrics.bindTo(this.registry);
		QuarantineSnapshot quarantine = new QuarantineSnapshot(Instant.EPOCH, Instant.EPOCH, 1, 0);
		StuckCall call = new StuckCall("thread", "event", Instant.EPOCH, List.of(), false);
		this.stub.handler(StubRouter.sync("sync", "x", HandlerAccount.EMPTY))
			.handler(StubRouter.once("first", "run.*"))
			.handler(StubRouter.troubled("a", HandlerStatus.QUARANTINED, quarantine))
			.handler(StubRouter.troubled("b", HandlerStatus.STUCK, quarantine, call))
			.handler(StubRouter.troubled("c", HandlerStatus.PAUSED, null));
		assertThat(gauge("telemetry.router.handlers", "mode", "sync", "status", "active")).isEqualTo(2);
		assertThat(gauge("telemetry.router.handlers", "mode", "async", "status", "active")).isZero();
		assertThat(gauge("telemetry.router.handlers", "mode", "async", "status", "quarantined")).isEqualTo(1);
		assertThat(gauge("telemetry.router.handlers", "mode", "async", "status", "stuck")).isEqualTo(1);
		assertThat(gauge("telemetry.router.handlers", "mode", "async", "status", "paused")).isEqualTo(1);
		assertThat(this.registry.get("telemetry.router.handlers").gauges().stream().mapToDouble(Gauge::value).sum())
			.isEqualTo(5);
		this.stub.handler(StubRouter.troubled("a", HandlerStatus.ACTIVE, null));
		assertThat(gauge("telemetry.router.handlers", "mode", "async", "status", "active")).isEqualTo(1);
		this.stub.removeHandler("first").run();
		assertThat(gauge("telemetry.router.handlers", "mode", "sync", "status", "active")).isEqualTo(1);
	}

	@Test
	void eachHandlerHasOneStatus() {
		this.metrics.bindTo(this.registry);
		this.stub.handler(StubRouter.troubled("a", HandlerStatus.PAUSED, null));
		assertThat(gauge("telemetry.router.handler.status", "handler", "a", "status", "paused")).isEqualTo(1);
		assertThat(gauge("telemetry.router.handler.status", "handler", "a", "status", "active")).isZero();
		this.stub.handler(StubRouter.troubled("a", HandlerStatus.ACTIVE, null));
		assertThat(gauge("telemetry.router.handler.status", "handler", "a", "status", "paused")).isZero();
		assertThat(gauge("telemetry.router.handler.status", "handler", "a", "status", "active")).isEqualTo(1);
	}

	@Test
	void longestCallIsShown() {
		this.stub.handler(async("b", StubRouter.account(9, 5, 4, 0, 0, 0)));
		this.metrics.bindTo(this.registry);
		assertThat(maxMicros("b", "handled")).isEqualTo(5);
		assertThat(maxMicros("b", "failed")).isEqualTo(4);
	}

	@Test
	void whenHandlerLeavesThenItsSeriesAreRemoved() {
		this.metrics.bindTo(this.registry);
		int before = this.registry.getMeters().size();
		this.stub.handler(async("b", HandlerAccount.EMPTY));
		assertThat(this.registry.getMeters()).hasSizeGreaterThan(before);
		this.stub.removeHandler("b").run();
		assertThat(this.registry.getMeters()).hasSize(before);
	}

	@Test
	void betweenEndOfHandlerAndRemovalOfSeriesCountersDoNotFallBack() {
		this.metrics.bindTo(this.registry);
		this.stub.handler(async("b", StubRouter.account(5, 5, 0, 0, 0, 0)));
		FunctionTimer handled = handlerTimer("b", "handled");
		assertThat(handled.count()).isEqualTo(5);
		this.stub.removeHandler("b");
		assertThat(handled.count()).isEqualTo(5);
	}

	@Test
	void whenHandlerComesBackThenItsCountersContinue() {
		this.metrics.bindTo(this.registry);
		this.stub.handler(async("b", StubRouter.account(5, 5, 0, 0, 0, 0)));
		this.stub.removeHandler("b").run();
		this.stub.handler(async("b", StubRouter.account(1, 1, 0, 0, 0, 0)));
		assertThat(handlerTimer("b", "handled").count()).isEqualTo(6);
	}

	@Test
	void whenHandlerHasLeftBeforeNewsOfItComesThenItsGaugesAreZero() {
		this.metrics.bindTo(this.registry);
		given(this.stub.router().handlerSnapshot("b")).willReturn(null);
		this.stub.handler(async("b", StubRouter.account(12, 5, 0, 0, 0, 7)));
		assertThat(gauge("telemetry.router.queue.size", "handler", "b")).isZero();
		assertThat(gauge("telemetry.router.handlers", "mode", "async", "status", "active")).isZero();
		assertThat(handlerTimer("b", "handled").count()).isEqualTo(5);
	}

	@Test
	void severalRegistriesShowTheSame() {
		MeterRegistry second = new SimpleMeterRegistry();
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("z", 1, 0))
			.event(StubRouter.event("y", 2, 0))
			.event(StubRouter.event("a", 3, 0));
		this.metrics.bindTo(second);
		assertThat(events(second)).containsExactlyInAnyOrderElementsOf(events(this.registry)).contains("z", "y");
	}

	@Test
	void whenRegistryIsBoundTwiceThenOnceIsEnough() {
		this.metrics.bindTo(this.registry);
		List<Meter> before = this.registry.getMeters();
		this.metrics.bindTo(this.registry);
		assertThat(this.registry.getMeters()).containsExactlyInAnyOrderElementsOf(before);
	}

	@Test
	void whenClosedThenRegistriesAreAsBefore() {
		MeterRegistry second = new CompositeMeterRegistry().add(new SimpleMeterRegistry());
		this.metrics.bindTo(this.registry);
		this.metrics.bindTo(second);
		this.stub.handler(async("b", HandlerAccount.EMPTY)).event(StubRouter.event("a", 1, 0));
		this.metrics.close();
		this.stub.handler(async("c", HandlerAccount.EMPTY)).event(StubRouter.event("c", 1, 0));
		then(this.stub.router()).should(times(2)).removeListener(any());
		assertThat(this.registry.getMeters()).isEmpty();
		assertThat(second.getMeters()).isEmpty();
		assertThat(((CompositeMeterRegistry) second).getRegistries())
			.allSatisfy((leaf) -> assertThat(leaf.getMeters()).isEmpty());
	}

	@Test
	void twoRoutersAreToldApartByTags() {
		StubRouter other = new StubRouter().event(StubRouter.event("a", 7, 0));
		this.stub.event(StubRouter.event("a", 1, 0));
		new TelemetryRouterMetrics(this.stub.router(), 2, Tags.of("router", "one")).bindTo(this.registry);
		new TelemetryRouterMetrics(other.router(), 2, Tags.of("router", "two")).bindTo(this.registry);
		assertThat(this.registry.get("telemetry.router.dispatch")
			.tags("router", "two", "event", "a")
			.functionTimer()
			.count()).isEqualTo(7);
	}

	@Test
	void everyMeterIsDocumentedWithItsTypeTagsAndDescription(@TempDir Path directory) {
		try (Journal journal = Journal.open(JournalOptions.in(directory).build())) {
			new JournalMeters(journal).bindTo(this.registry);
		}
		this.stub.handler(async("b", HandlerAccount.EMPTY)).event(StubRouter.event("a", 1, 0));
		this.metrics.bindTo(this.registry);
		AgentMeters agents = new AgentMeters(this.registry, 10, new AgentTelemetry(this.stub::router, false),
				new CostRecorder(this.stub::router, (call) -> null, Currency.getInstance("USD"), List.of(), null,
						Clock.systemUTC()));
		Run run = Run.of("r1");
		agents.onModelCall(
				new ModelCall.Completed(new ModelCall.Started(run, "chat", 1, null, "m", false, 1, List.of(), null),
						Duration.ZERO, null, null, null, new Tokens(1, 1), null, List.of(), 0, null));
		agents.onCost(new CostRecorded(run, null, "m", new Tokens(1, 1), BigDecimal.ONE, "USD"));
		for (TelemetryRouterMeter documented : TelemetryRouterMeter.values()) {
			assertThat(this.registry.find(documented.getName()).meters()).as(documented.getName())
				.isNotEmpty()
				.allSatisfy((meter) -> {
					assertThat(meter.getId().getType()).isIn(documented.getType(), Meter.Type.OTHER);
					assertThat(meter.getId().getDescription()).isEqualTo(documented.getDescription());
					assertThat(meter.getId().getBaseUnit()).isIn(documented.getBaseUnit(), "seconds");
					assertThat(meter.getId().getTags()).extracting((tag) -> tag.getKey())
						.containsExactlyInAnyOrderElementsOf(
								List.of(documented.getKeyNames()).stream().map((key) -> key.asString()).toList());
				});
		}
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.allMatch((name) -> List.of(TelemetryRouterMeter.values())
				.stream()
				.anyMatch((documented) -> documented.getName().equals(name)));
	}

	@Test
	void prometheusShowsCountSumAndGauges() {
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.stub.handler(async("b", StubRouter.account(21, 5, 4, 3, 2, 7))).event(StubRouter.event("tool", 20, 3));
		this.metrics.bindTo(prometheus);
		assertThat(prometheus.scrape().lines()).contains("telemetry_router_dispatch_seconds_count{event=\"tool\"} 20",
				"telemetry_router_dispatch_seconds_sum{event=\"tool\"} 4.0E-5",
				"telemetry_router_dispatch_seconds_count{event=\"_other\"} 0",
				"telemetry_router_dispatch_max_seconds{event=\"tool\"} 2.0E-5",
				"telemetry_router_slow_events_total{event=\"tool\"} 2.0", "telemetry_router_unhandled_events_total 3.0",
				"telemetry_router_handlers{mode=\"async\",status=\"active\"} 1.0",
				"telemetry_router_handler_status{handler=\"b\",status=\"active\"} 1.0",
				"telemetry_router_handler_max_seconds{handler=\"b\",outcome=\"handled\"} 5.0E-6",
				"telemetry_router_handler_seconds_count{handler=\"b\",outcome=\"handled\"} 5",
				"telemetry_router_handler_seconds_count{handler=\"b\",outcome=\"failed\"} 4",
				"telemetry_router_handler_dropped_events_total{handler=\"b\",reason=\"queue_full\"} 2.0",
				"telemetry_router_handler_filtered_events_total{handler=\"b\"} 3.0",
				"telemetry_router_queue_size_events{handler=\"b\"} 7.0",
				"telemetry_router_queue_capacity_events{handler=\"b\"} 8.0",
				"telemetry_router_queue_oldest_age_seconds{handler=\"b\"} 1.5",
				"telemetry_router_queue_wait_seconds_count{handler=\"b\"} 5");
	}

	private HandlerSnapshot async(String id, HandlerAccount account) {
		return StubRouter.async(id, List.of("**"), account,
				(account.queued() > 0) ? Duration.ofMillis(1500) : Duration.ZERO, null);
	}

	private FunctionTimer handlerTimer(String id, String outcome) {
		return this.registry.get("telemetry.router.handler").tags("handler", id, "outcome", outcome).functionTimer();
	}

	private double maxMicros(String id, String outcome) {
		return this.registry.get("telemetry.router.handler.max")
			.tags("handler", id, "outcome", outcome)
			.timeGauge()
			.value(TimeUnit.MICROSECONDS);
	}

	private double counter(String name, String... tags) {
		FunctionCounter counter = this.registry.get(name).tags(tags).functionCounter();
		return counter.count();
	}

	private double gauge(String name, String... tags) {
		return this.registry.get(name).tags(tags).gauge().value();
	}

	private List<String> events(MeterRegistry registry) {
		return registry.get("telemetry.router.dispatch")
			.functionTimers()
			.stream()
			.map((timer) -> timer.getId().getTag("event"))
			.toList();
	}

}
