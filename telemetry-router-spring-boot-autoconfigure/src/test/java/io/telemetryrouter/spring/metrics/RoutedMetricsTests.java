package io.telemetryrouter.spring.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TelemetryRouterMetrics} with a real router.
 */
class RoutedMetricsTests {

	private final TelemetryRouter router = TelemetryRouter.builder().maxEventNames(20).build();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	@AfterEach
	void closeRouter() {
		this.router.close();
	}

	@Test
	void metersAgreeWithSnapshot() {
		bind(3);
		this.router.subscribe(HandlerSpec.on("tool.*").id("tools").handler((event, payload) -> {
			if (payload == null) {
				throw new IllegalStateException();
			}
		}).build());
		this.router.subscribe(HandlerSpec.on("**")
			.id("picky")
			.async()
			.maxQueue(1)
			.condition((event) -> event.payload() != null)
			.handler((event, payload) -> {
			})
			.build());
		for (int i = 0; i < 1000; i++) {
			this.router.emit("tool." + i % 30, (i % 7 != 0) ? "payload" : null);
		}
		assertThat(this.router.flush(Duration.ofSeconds(10)).complete()).isTrue();
		assertAgreement();
		assertThat(this.registry.get("telemetry.router.dispatch").functionTimers()).hasSize(4);
		assertThat(this.registry.get("telemetry.router.handler.filtered")
			.tag("handler", "picky")
			.functionCounter()
			.count()).isEqualTo(143);
	}

	@Test
	void eventsOfAllTagsAndMoreNamesThanAreTrackedAddUp() {
		bind(3);
		for (int i = 0; i < 100; i++) {
			this.router.emit("dead." + i, null);
		}
		assertThat(dispatched()).isEqualTo(100);
		assertThat(this.registry.get("telemetry.router.unhandled").functionCounter().count()).isEqualTo(100);
		assertAgreement();
	}

	@Test
	void whenNamedEventsComeAndGoThenTagsStayBoundedAndAddUp() {
		bind(3);
		for (int i = 0; i < 100; i++) {
			String event = "run." + i + ".done";
			this.router.subscribeOnce(event, (name, payload) -> {
			});
			this.router.emit(event, null);
			this.router.subscribe("never." + i, (name, payload) -> {
			}).close();
		}
		assertThat(dispatched()).isEqualTo(100);
		assertThat(this.registry.get("telemetry.router.dispatch").functionTimers()).hasSize(4);
		assertAgreement();
		assertThat(timer("_anonymous", "handled")).isEqualTo(100);
		assertThat(this.registry.find("telemetry.router.handler").meters()).hasSize(1);
	}

	@Test
	void awaitingOneEventMakesNoSeries() {
		bind(3);
		List<Meter> before = this.registry.getMeters();
		CompletableFuture<?> next = this.router.next("run.done", (event) -> true, Duration.ofMinutes(1));
		assertThat(next).isNotDone();
		assertThat(this.registry.getMeters()).containsExactlyInAnyOrderElementsOf(before);
	}

	@Test
	void handlersThatComeAndGoOnManyThreadsLeaveOneSeries() throws Exception {
		bind(3);
		List<Meter> before = this.registry.getMeters();
		int threads = 4;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			CountDownLatch start = new CountDownLatch(1);
			List<Future<?>> done = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				done.add(executor.submit(() -> {
					start.await();
					for (int n = 0; n < 200; n++) {
						Subscription subscription = this.router.subscribeOnce("*", (event, payload) -> {
						});
						this.router.emit("shared", null);
						subscription.close();
					}
					return null;
				}));
			}
			start.countDown();
			for (Future<?> each : done) {
				each.get();
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertAgreement();
		assertThat(this.registry.find("telemetry.router.handler").functionTimers()).singleElement()
			.satisfies(
					(timer) -> assertThat((long) timer.count()).isEqualTo(this.router.snapshot().retired().handled()));
		assertThat(this.registry.getMeters()).containsAll(before);
		assertThat(this.registry.get("telemetry.router.handlers").gauges()).allMatch((gauge) -> gauge.value() == 0);
		assertThat(dispatched()).isEqualTo(800);
	}

	@Test
	void withHistogramEachDispatchIsRecorded() {
		this.registry.config().meterFilter(new MeterFilter() {
			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return DistributionStatisticConfig.builder().percentiles(0.5).build().merge(config);
			}
		});
		bind(1);
		this.router.subscribe("**", (event, payload) -> {
		});
		for (int i = 0; i < 10; i++) {
			this.router.emit("a", null);
			this.router.emit("b", null);
			this.router.emit("c", null);
		}
		assertThat(this.registry.get("telemetry.router.dispatch").tag("event", "a").timer().count()).isEqualTo(10);
		assertThat(this.registry.get("telemetry.router.dispatch").tag("event", "_other").timer().count()).isEqualTo(20);
	}

	private void bind(int maxEventTags) {
		new TelemetryRouterMetrics(this.router, maxEventTags).bindTo(this.registry);
	}

	private long dispatched() {
		return this.registry.get("telemetry.router.dispatch")
			.functionTimers()
			.stream()
			.mapToLong((timer) -> (long) timer.count())
			.sum();
	}

	private void assertAgreement() {
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(dispatched()).isEqualTo(snapshot.events().values().stream().mapToLong(EventSnapshot::emitted).sum());
		assertThat((long) this.registry.get("telemetry.router.unhandled").functionCounter().count())
			.isEqualTo(snapshot.events().values().stream().mapToLong(EventSnapshot::unhandled).sum());
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			assertThat(handler.account().isBalanced()).isTrue();
			assertThat(timer(handler.id(), "handled")).isEqualTo(handler.account().handled());
			assertThat(timer(handler.id(), "failed")).isEqualTo(handler.account().failed());
			assertThat(this.registry.get("telemetry.router.handler.dropped")
				.tag("handler", handler.id())
				.functionCounters()
				.stream()
				.mapToLong((counter) -> (long) counter.count())
				.sum()).isEqualTo(handler.account().droppedTotal());
		}
	}

	private long timer(String handlerId, String outcome) {
		return (long) this.registry.get("telemetry.router.handler")
			.tags("handler", handlerId, "outcome", outcome)
			.functionTimer()
			.count();
	}

}
