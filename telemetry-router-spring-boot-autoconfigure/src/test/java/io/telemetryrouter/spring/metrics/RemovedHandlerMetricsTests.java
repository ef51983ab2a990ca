package io.telemetryrouter.spring.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Meters keep the final counts of removed handlers.
 */
class RemovedHandlerMetricsTests {

	private static final int LIMIT = 30;

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final TelemetryRouterMetrics metrics = new TelemetryRouterMetrics(this.router, 9);

	@AfterEach
	void close() {
		this.metrics.close();
		this.router.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "same", "each " })
	void whenHandlersLeaveBeforeTheirMetersAreReadThenTheirEventsAreCounted(String id) {
		this.metrics.bindTo(this.registry);
		for (int i = 0; i < 100; i++) {
			HandlerSpec.Builder<Object> spec = HandlerSpec.on("x");
			if (!id.isEmpty()) {
				spec.id(id.equals("same") ? id : id + i);
			}
			Subscription subscription = subscribe(spec);
			this.router.emit("x", i);
			subscription.close();
		}
		assertThat(this.router.snapshot().retired().handled()).isEqualTo(100);
		assertThat(timers("handled")).isEqualTo(100);
		assertThat(timers("failed")).isZero();
	}

	@Test
	void whenHandlersWithoutIdTakeOneEventThenTheyAreCountedTogether() {
		this.metrics.bindTo(this.registry);
		for (int i = 0; i < 100; i++) {
			this.router.subscribeOnce("x", (event, payload) -> {
				throw new IllegalStateException("on purpose");
			});
			this.router.emit("x", i);
		}
		assertThat(this.router.snapshot().retired().failed()).isEqualTo(100);
		assertThat(timers("failed")).isEqualTo(100);
		assertThat(this.registry.get("telemetry.router.handler").tag("handler", "_anonymous").meters()).hasSize(1);
	}

	@Test
	void whenIdIsSubscribedAgainBeforeTheRemovalIsAnnouncedThenItsEventsAreCountedOnce() throws Exception {
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		this.metrics.bindTo(this.registry);
		this.router.addListener(new RouterListener() {

			@Override
			public LongConsumer eventAdded(String event) {
				if (event.equals("gate")) {
					blocked.countDown();
					pass(gate);
				}
				return null;
			}

		});
		Subscription old = subscribe(HandlerSpec.on("x").id("a"));
		this.router.emit("x", 1);
		Thread announcing = new Thread(() -> this.router.emit("gate", 1));
		announcing.start();
		pass(blocked);
		old.close();
		subscribe(HandlerSpec.on("x").id("a"));
		for (int i = 0; i < 10; i++) {
			this.router.emit("x", i);
			// The old handler's meters must not read the new one
			assertThat(timers("handled")).isLessThanOrEqualTo(1);
		}
		gate.countDown();
		announcing.join();
		assertThat(timers("handled")).isEqualTo(11);
		assertThat(
				this.registry.get("telemetry.router.handlers").tags("mode", "sync", "status", "active").gauge().value())
			.isOne();
	}

	@Test
	void whenHandlerLeavesThenItsGaugesFallAwayAndItsCountersStay() {
		this.metrics.bindTo(this.registry);
		int before = this.registry.getMeters().size();
		Subscription subscription = subscribe(
				HandlerSpec.on("*").id("a").condition((event) -> event.payload() != null));
		this.router.emit("x", 1);
		this.router.emit("x", null);
		int events = this.registry.find("telemetry.router.dispatch").meters().size();
		subscription.close();
		assertThat(this.registry.find("telemetry.router.handler.max").meters()).isEmpty();
		assertThat(this.registry.find("telemetry.router.handler.status").meters()).isEmpty();
		assertThat(this.registry.find("telemetry.router.handler.dropped").meters()).isEmpty();
		assertThat(this.registry.get("telemetry.router.handler.filtered").tag("handler", "a").functionCounter().count())
			.isOne();
		assertThat(timers("handled")).isOne();
		assertThat(this.registry.getMeters().size() - before).isLessThan(3 * events);
		this.metrics.close();
		assertThat(this.registry.getMeters()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenManyIdsComeAndGoThenMetersStayBoundedAndAddUp(boolean ignored) {
		if (ignored) {
			this.registry.config().meterFilter(MeterFilter.ignoreTags("handler"));
		}
		this.metrics.bindTo(this.registry);
		for (int i = 0; i < 3000; i++) {
			Subscription subscription = subscribe(HandlerSpec.on("x").id("session-" + i));
			this.router.emit("x", i);
			subscription.close();
			assertThat(this.registry.getMeters()).hasSizeLessThan(250);
		}
		assertThat(timers("handled")).isEqualTo(3000);
		assertThat(this.registry.find("telemetry.router.handler").functionTimers()).hasSize(ignored ? 1 : 101);
	}

	@Test
	@Tag("stress")
	void whenHandlersComeAndGoOnManyThreadsThenMetersAgreeWithTheSnapshot() throws Exception {
		this.metrics.bindTo(this.registry);
		AtomicBoolean running = new AtomicBoolean(true);
		Map<Meter.Id, Double> highest = new HashMap<>();
		List<Callable<Void>> background = List.of(emitting("x", running), emitting("y", running), () -> {
			while (running.get()) {
				readRising(highest);
			}
			return null;
		});
		ExecutorService executor = Executors.newFixedThreadPool(background.size() + 3);
		try {
			List<Future<?>> results = new ArrayList<>();
			background.forEach((task) -> results.add(executor.submit(task)));
			List<Future<?>> churning = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				churning.add(executor.submit(churn(i)));
			}
			for (Future<?> each : churning) {
				each.get(4, TimeUnit.MINUTES);
			}
			running.set(false);
			for (Future<?> each : results) {
				each.get(LIMIT, TimeUnit.SECONDS);
			}
		}
		finally {
			running.set(false);
			executor.shutdownNow();
		}
		assertAgreement();
		readRising(highest);
	}

	/** Each thread has its own name that comes and goes, and all share one. */
	private Callable<Void> churn(int number) {
		return () -> {
			for (int i = 0; i < 300; i++) {
				String pattern = (i % 2 != 0) ? "x" : "*";
				List<Subscription> passing = List.of(subscribe(HandlerSpec.on(pattern).id("own-" + number)),
						subscribe(HandlerSpec.on(pattern)), subscribe(HandlerSpec.on(pattern).once()),
						subscribe(HandlerSpec.on(pattern).id("lane-" + number).async().maxQueue(4)),
						subscribe(HandlerSpec.on(pattern).async().times(3)));
				Thread.yield();
				passing.forEach(Subscription::close);
			}
			return null;
		};
	}

	private Callable<Void> emitting(String event, AtomicBoolean running) {
		return () -> {
			for (int i = 0; running.get(); i++) {
				this.router.emit(event, (i % 7 != 0) ? i : "bad");
			}
			return null;
		};
	}

	private void readRising(Map<Meter.Id, Double> highest) {
		for (Meter meter : this.registry.getMeters()) {
			if (meter.getId().getName().startsWith("telemetry.router.handler.")
					&& meter instanceof FunctionCounter counter && this.registry.getMeters().contains(meter)) {
				double count = counter.count();
				assertThat(count).as("%s", meter.getId())
					.isGreaterThanOrEqualTo(highest.getOrDefault(meter.getId(), 0.0));
				highest.put(meter.getId(), count);
			}
		}
	}

	private void assertAgreement() {
		await().atMost(LIMIT, TimeUnit.SECONDS).untilAsserted(() -> {
			RouterSnapshot snapshot = this.router.snapshot();
			HandlerAccount total = snapshot.retired();
			for (HandlerSnapshot handler : snapshot.handlers().values()) {
				total = total.plus(handler.account());
			}
			assertThat(total.queued() + total.running()).isZero();
			assertThat(timers("handled")).isEqualTo(total.handled());
			assertThat(timers("failed")).isEqualTo(total.failed());
			assertThat(counters("telemetry.router.handler.dropped")).isEqualTo(total.droppedTotal());
			assertThat(counters("telemetry.router.handler.filtered")).isEqualTo(total.filtered());
		});
	}

	private Subscription subscribe(HandlerSpec.Builder<Object> spec) {
		return this.router.subscribe(spec.handler((event, payload) -> {
			if ("bad".equals(payload)) {
				throw new IllegalStateException("on purpose");
			}
		}).build());
	}

	private long timers(String outcome) {
		return this.registry.find("telemetry.router.handler")
			.tag("outcome", outcome)
			.functionTimers()
			.stream()
			.mapToLong((timer) -> (long) timer.count())
			.sum();
	}

	private long counters(String name) {
		return this.registry.find(name)
			.functionCounters()
			.stream()
			.mapToLong((counter) -> (long) counter.count())
			.sum();
	}

	private static void pass(CountDownLatch latch) {
		try {
			assertThat(latch.await(LIMIT, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
