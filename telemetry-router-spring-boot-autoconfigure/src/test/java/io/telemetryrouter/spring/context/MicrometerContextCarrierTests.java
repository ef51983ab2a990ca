package io.telemetryrouter.spring.context;

import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;

import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

import io.telemetryrouter.ContextCarrier.Scope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link MicrometerContextCarrier}.
 */
class MicrometerContextCarrierTests {

	private final ThreadLocal<String> tenant = new ThreadLocal<>();

	private final MicrometerContextCarrier carrier = new MicrometerContextCarrier();

	private final ExecutorService lane = Executors.newSingleThreadExecutor();

	@AfterEach
	void cleanUp() {
		this.lane.shutdownNow();
		MDC.clear();
	}

	@Test
	void mdcIsRestoredAndCleared() throws Exception {
		MDC.put("run", "42");
		Object context = this.carrier.capture();
		onLane(() -> {
			assertThat(MDC.getCopyOfContextMap()).isNull();
			within(this.carrier, context, () -> {
				assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("run", "42"));
			});
			assertThat(MDC.getCopyOfContextMap()).isNull();
			return null;
		});
	}

	@Test
	void observationIsRestoredAndCleared() throws Exception {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler((context) -> true);
		Observation observation = Observation.start("agent.run", registry);
		Object context = observation.scoped(this.carrier::capture);
		onLane(() -> {
			within(this.carrier, context, () -> {
				assertThat(registry.getCurrentObservation()).isSameAs(observation);
			});
			assertThat(registry.getCurrentObservation()).isNull();
			return null;
		});
	}

	@Test
	void laterEventDoesNotSeeContextOfEarlierOne() throws Exception {
		Object none = this.carrier.capture();
		MDC.put("run", "42");
		Object first = this.carrier.capture();
		onLane(() -> {
			within(this.carrier, first, () -> {
				MDC.put("leaked", "within");
			});
			MDC.put("leaked", "outside");
			within(this.carrier, none, () -> {
				assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
			});
			assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("leaked", "outside"));
			within(this.carrier, first, () -> {
				assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("run", "42"));
			});
			return null;
		});
	}

	@Test
	void emptiedMdcIsNoContext() {
		MDC.put("run", "42");
		MDC.remove("run");
		assertThat(this.carrier.capture()).isSameAs(new MicrometerContextCarrier().capture());
	}

	@Test
	void whenNeitherSideHasContextThenNothingIsMade() {
		Object context = this.carrier.capture();
		assertThat(context).isSameAs(this.carrier.capture());
		assertThat(this.carrier.restore(context)).isSameAs(this.carrier.restore(context));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenAccessorThrowsThenNoPartOfTheContextIsLeftOnTheThread(boolean atStart) throws Exception {
		ContextRegistry registry = new ContextRegistry();
		MicrometerContextCarrier carrier = new MicrometerContextCarrier(registry);
		AtomicBoolean broken = new AtomicBoolean();
		Runnable failing = () -> {
			if (broken.get()) {
				throw new IllegalStateException("broken");
			}
		};
		ThreadLocal<String> first = new ThreadLocal<>();
		ThreadLocal<String> last = new ThreadLocal<>();
		registry.registerThreadLocalAccessor("first", first::get, first::set, failing);
		registry.registerThreadLocalAccessor("tenant", this.tenant);
		registry.registerThreadLocalAccessor("last", last::get, (value) -> failing.run(), failing);
		first.set("first");
		this.tenant.set("acme");
		last.set("last");
		Object context = carrier.capture();
		onLane(() -> {
			broken.set(atStart);
			assertThatIllegalStateException().isThrownBy(() -> within(carrier, context, () -> broken.set(true)));
			assertThat(this.tenant.get()).isNull();
			return null;
		});
	}

	@Test
	void accessorsRegisteredLaterAreCarried() throws Exception {
		ContextRegistry registry = new ContextRegistry();
		MicrometerContextCarrier carrier = new MicrometerContextCarrier(registry);
		carrier.capture();
		registry.registerThreadLocalAccessor("tenant", this.tenant);
		this.tenant.set("acme");
		Object context = carrier.capture();
		onLane(() -> {
			within(carrier, context, () -> {
				assertThat(this.tenant.get()).isEqualTo("acme");
			});
			assertThat(this.tenant.get()).isNull();
			return null;
		});
		registry.removeThreadLocalAccessor("tenant");
		assertThat(carrier.capture()).isSameAs(this.carrier.capture());
	}

	@Test
	void givenRegistryIsLeftAsItIs() {
		ContextRegistry registry = new ContextRegistry();
		new MicrometerContextCarrier(registry).capture();
		assertThat(registry.getThreadLocalAccessors()).isEmpty();
	}

	@Test
	void whenRegistryHasMdcAccessorOfItsOwnThenThatIsUsed() throws Exception {
		ContextRegistry registry = new ContextRegistry();
		registry.registerThreadLocalAccessor("cp.slf4j", () -> MDC.get("run"), (run) -> MDC.put("run", run),
				() -> MDC.remove("run"));
		MicrometerContextCarrier carrier = new MicrometerContextCarrier(registry);
		MDC.put("run", "42");
		MDC.put("other", "not carried");
		Object context = carrier.capture();
		onLane(() -> {
			within(carrier, context, () -> {
				assertThat(MDC.getCopyOfContextMap()).containsExactlyEntriesOf(Map.of("run", "42"));
			});
			return null;
		});
	}

	private void within(MicrometerContextCarrier carrier, Object context, Runnable handler) {
		Scope scope = carrier.restore(context);
		try {
			handler.run();
		}
		finally {
			scope.close();
		}
	}

	private void onLane(Callable<?> task) throws Exception {
		this.lane.submit(task).get();
	}

}
