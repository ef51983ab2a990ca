package io.telemetryrouter.spring.context;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MicrometerContextCarrier} with a real router.
 */
class RoutedContextTests {

	private final ObservationRegistry observations = ObservationRegistry.create();

	private final TelemetryRouter router = TelemetryRouter.builder()
		.contextCarrier(new MicrometerContextCarrier())
		.build();

	private final List<Seen> seen = new CopyOnWriteArrayList<>();

	RoutedContextTests() {
		this.observations.observationConfig().observationHandler((context) -> true);
		this.router.subscribe(HandlerSpec.on("*").id("async").async().handler((event, payload) -> {
			this.seen.add(new Seen(Thread.currentThread().getName(), MDC.getCopyOfContextMap(),
					this.observations.getCurrentObservation()));
			MDC.put("leaked", event);
		}).build());
	}

	@AfterEach
	void cleanUp() {
		this.router.close();
		MDC.clear();
	}

	@Test
	void mdcAndObservationReachAsyncHandlersAndAreClearedAfterwards() throws Exception {
		Observation observation = Observation.start("agent.run", this.observations);
		try (Observation.Scope scope = observation.openScope()) {
			MDC.put("run", "42");
			emit("with");
			assertThat(scope.getCurrentObservation()).isSameAs(observation);
		}
		MDC.clear();
		emit("without");
		MDC.put("run", "43");
		emit("other");
		assertThat(this.seen).extracting(Seen::thread).doesNotContain(Thread.currentThread().getName());
		assertThat(this.seen.get(0).mdc()).isEqualTo(Map.of("run", "42"));
		assertThat(this.seen.get(0).observation()).isSameAs(observation);
		assertThat(this.seen.get(1).mdc()).isNullOrEmpty();
		assertThat(this.seen.get(1).observation()).isNull();
		assertThat(this.seen.get(2).mdc()).isEqualTo(Map.of("run", "43"));
		assertThat(this.seen.get(2).observation()).isNull();
	}

	@Test
	void contextGoesOnWithEventsThatHandlersEmit() throws Exception {
		CompletableFuture<@Nullable String> nested = new CompletableFuture<>();
		this.router.subscribe(HandlerSpec.on("cause")
			.id("emits")
			.async()
			.handler((event, payload) -> this.router.emit("effect", null))
			.build());
		this.router.subscribe(HandlerSpec.on("effect")
			.id("nested")
			.async()
			.handler((event, payload) -> nested.complete(MDC.get("run")))
			.build());
		MDC.put("run", "42");
		this.router.emit("cause", null);
		MDC.clear();
		assertThat(nested.get(10, TimeUnit.SECONDS)).isEqualTo("42");
	}

	private void emit(String event) throws Exception {
		EmitOutcome outcome = this.router.emitAsync(event, null).get(10, TimeUnit.SECONDS);
		assertThat(outcome.handled()).isEqualTo(1);
	}

	private record Seen(String thread, @Nullable Map<String, String> mdc, @Nullable Observation observation) {

	}

}
