package io.telemetryrouter.spring.metrics;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SharedSeries}: values of meters that filters map to one id.
 */
@ExtendWith(OutputCaptureExtension.class)
class SharedSeriesTests {

	private final StubRouter stub = new StubRouter();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final TelemetryRouterMetrics metrics = new TelemetryRouterMetrics(this.stub.router(), 9);

	@Test
	void whenHandlerTagIsIgnoredThenSeriesAddUp() {
		this.registry.config().meterFilter(MeterFilter.ignoreTags("handler"));
		this.metrics.bindTo(this.registry);
		this.stub.handler(handler("a", 21, 5, 4, 3, 2, 7)).handler(handler("b", 42, 10, 8, 6, 4, 14));
		FunctionTimer handled = this.registry.get("telemetry.router.handler").tag("outcome", "handled").functionTimer();
		assertThat(handled.count()).isEqualTo(15);
		assertThat(handled.totalTime(TimeUnit.MICROSECONDS)).isEqualTo(30);
		assertThat(counter("telemetry.router.handler.dropped", "reason", "queue_full")).isEqualTo(6);
		assertThat(gauge("telemetry.router.queue.size")).isEqualTo(21);
		assertThat(gauge("telemetry.router.handler.status", "status", "active")).isEqualTo(2);
		assertThat(this.registry.get("telemetry.router.handler.max")
			.tag("outcome", "handled")
			.timeGauge()
			.value(TimeUnit.MICROSECONDS)).isEqualTo(10);
	}

	@Test
	void whenOneOfTheHandlersLeavesThenSeriesStayAndCountersDoNotFallBack() {
		this.registry.config().meterFilter(MeterFilter.ignoreTags("handler"));
		this.metrics.bindTo(this.registry);
		this.stub.handler(handler("a", 21, 5, 4, 3, 2, 7)).handler(handler("b", 42, 10, 8, 6, 4, 14));
		this.stub.removeHandler("a").run();
		assertThat(counter("telemetry.router.handler.filtered")).isEqualTo(9);
		assertThat(gauge("telemetry.router.queue.size")).isEqualTo(14);
		this.stub.handler(handler("b", 43, 10, 8, 7, 4, 14));
		assertThat(counter("telemetry.router.handler.filtered")).isEqualTo(10);
		this.stub.removeHandler("b").run();
		assertThat(counter("telemetry.router.handler.filtered")).isEqualTo(10);
		assertThat(this.registry.find("telemetry.router.queue.size").meters()).isEmpty();
		this.metrics.close();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void whenTagValuesAreReplacedThenSeriesAddUp() {
		this.registry.config()
			.meterFilter(MeterFilter.replaceTagValues("event", (value) -> value.startsWith("tool.") ? "tool" : value));
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("tool.a", 20, 3)).event(StubRouter.event("tool.b", 30, 0));
		assertThat(this.registry.get("telemetry.router.dispatch").tag("event", "tool").functionTimer().count())
			.isEqualTo(50);
		assertThat(counter("telemetry.router.slow", "event", "tool")).isEqualTo(5);
	}

	@Test
	void whenCountsMoveToAnotherEventOfTheSeriesThenTheyAreCountedOnce() {
		this.registry.config().meterFilter(MeterFilter.ignoreTags("event"));
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("a", 30, 0)).event(StubRouter.event("b", 20, 0));
		FunctionTimer dispatch = this.registry.get("telemetry.router.dispatch").functionTimer();
		assertThat(dispatch.count()).isEqualTo(50);
		this.stub.forgetEvent("a", StubRouter.event("_other", 30, 0)).run();
		assertThat(dispatch.count()).isEqualTo(50);
		this.stub.event(StubRouter.event("_other", 31, 0));
		assertThat(dispatch.count()).isEqualTo(51);
	}

	@Test
	void whenHistogramIsSharedThenItStaysUntilTheLastEventIsForgotten() {
		this.registry.config().meterFilter(MeterFilter.ignoreTags("event")).meterFilter(new MeterFilter() {
			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return DistributionStatisticConfig.builder().percentiles(0.5).build().merge(config);
			}
		});
		this.metrics.bindTo(this.registry);
		this.stub.event(StubRouter.event("a", 0, 0)).event(StubRouter.event("b", 0, 0));
		this.stub.dispatch("a", Duration.ofMillis(1));
		this.stub.forgetEvent("a", StubRouter.event("_other", 0, 0)).run();
		this.stub.dispatch("b", Duration.ofMillis(1));
		assertThat(this.registry.get("telemetry.router.dispatch").timer().count()).isEqualTo(2);
	}

	@Test
	void handlersWithoutIdShareOneTagValue() {
		this.metrics.bindTo(this.registry);
		this.stub.handler(handler("handler-1", 21, 5, 4, 3, 2, 7)).handler(handler("handler-2", 42, 10, 8, 6, 4, 14));
		assertThat(counter("telemetry.router.handler.filtered", "handler", "_anonymous")).isEqualTo(9);
		assertThat(this.registry.find("telemetry.router.handler.filtered").functionCounters()).hasSize(1);
		this.metrics.close();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@Test
	void whenHandlersShareTagValueThenMicrometerDoesNotWarnThatItIgnoresOne(CapturedOutput output) {
		// Micrometer logs a warning once in a JVM, and at this level afterwards
		Logger logger = (Logger) LoggerFactory.getLogger(MeterRegistry.class);
		Level level = logger.getLevel();
		logger.setLevel(Level.DEBUG);
		try {
			this.metrics.bindTo(this.registry);
			this.stub.handler(handler("handler-1", 21, 5, 4, 3, 2, 7))
				.handler(handler("handler-2", 42, 10, 8, 6, 4, 14));
			assertThat(output).doesNotContain("already registered");
		}
		finally {
			logger.setLevel(level);
		}
	}

	@Test
	void whenTheLastOfAnIdHasLeftThenTheNextIsCountedWithIt() {
		this.metrics.bindTo(this.registry);
		this.stub.handler(handler("handler-1", 21, 5, 4, 3, 2, 7)).removeHandler("handler-1").run();
		this.stub.handler(handler("handler-2", 42, 10, 8, 6, 4, 14));
		assertThat(counter("telemetry.router.handler.filtered", "handler", "_anonymous")).isEqualTo(9);
	}

	private static HandlerSnapshot handler(String id, long offered, long handled, long failed, long filtered,
			long queueFull, long queued) {
		return StubRouter.async(id, List.of("**"),
				StubRouter.account(offered, handled, failed, filtered, queueFull, queued), Duration.ZERO, null);
	}

	private double counter(String name, String... tags) {
		return this.registry.get(name).tags(tags).functionCounter().count();
	}

	private double gauge(String name, String... tags) {
		return this.registry.get(name).tags(tags).gauge().value();
	}

}
