package io.telemetryrouter.spring.reactor;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import io.micrometer.context.ContextRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RunContext;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.SpanInfo;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.context.RunContextRegistration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests for {@link ReactiveTelemetryEmitter}, and for runs in Reactor.
 */
@SuppressWarnings("try")
class ReactiveTelemetryEmitterTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final ReactiveTelemetryEmitter emitter = new ReactiveTelemetryEmitter(this.router);

	private final List<TelemetryEvent<?>> events = new CopyOnWriteArrayList<>();

	private final RunContextRegistration registration = new RunContextRegistration();

	@BeforeEach
	void register() {
		this.registration.afterPropertiesSet();
		this.router.subscribe(HandlerSpec.on("**").eventHandler(this.events::add).build());
	}

	@AfterEach
	void close() {
		this.registration.destroy();
		this.router.close();
		assertThat(RunContext.current()).isNull();
	}

	private List<String> told() {
		return this.events.stream().map((event) -> event.name() + " " + event.payload() + " " + event.runId()).toList();
	}

	private SpanInfo info(int index) {
		return this.events.get(index).span();
	}

	@Test
	void whenItEmitsThenEachSubscriptionDoes() {
		Mono<?> emit = this.emitter.forRun("run").emit("event", "payload");
		assertThat(this.events).isEmpty();
		emit.block(PATIENCE);
		emit.block(PATIENCE);
		assertThat(told()).containsExactly("event payload run", "event payload run");
		assertThat(this.events).extracting(TelemetryEvent::runSequence).containsExactly(1L, 2L);
	}

	@Test
	void whenContextIsCapturedThenTheRunReachesOtherThreadsThoughItsScopeHasClosed() {
		Mono<?> work;
		try (RunScope run = this.router.openRun("run")) {
			work = Mono.just(1)
				.publishOn(Schedulers.parallel())
				.flatMap((item) -> this.emitter.emit("event", item))
				.contextCapture()
				.cache();
			work.subscribe();
		}
		work.block(PATIENCE);
		assertThat(told()).containsExactly("event 1 run");
	}

	@Test
	void whenPropagationIsAutomaticThenOperatorsAreInTheRun() {
		Hooks.enableAutomaticContextPropagation();
		try (RunScope run = this.router.openRun("run")) {
			Flux.range(1, 3)
				.publishOn(Schedulers.boundedElastic())
				.doOnNext((item) -> this.router.emit("event", item))
				.contextCapture()
				.blockLast(PATIENCE);
			assertThat(RunContext.current().runId()).isEqualTo("run");
		}
		finally {
			Hooks.disableAutomaticContextPropagation();
		}
		assertThat(told()).containsExactly("event 1 run", "event 2 run", "event 3 run");
	}

	@Test
	void whenAMonoIsInASpanThenItEndsAsTheMonoDoes() {
		this.emitter.span("call", "in", Mono.just("out")).block(PATIENCE);
		assertThatException()
			.isThrownBy(() -> this.emitter.span("call", "in", Mono.error(new IOException())).block(PATIENCE));
		Disposable subscription = this.emitter.span("call", "in", Mono.never()).subscribe();
		subscription.dispose();
		assertThat(told()).containsExactly("call.started in null", "call.completed out null", "call.started in null",
				"call.failed in null", "call.started in null", "call.cancelled in null");
		assertThat(info(3).errorType()).isEqualTo("java.io.IOException");
		assertThat(this.router.spanSnapshot().open()).isZero();
	}

	@Test
	void whenAFluxIsInASpanThenItEndsAsTheFluxDoes() {
		this.emitter.forRun("run").span("stream", "in", Flux.range(1, 5)).blockLast(PATIENCE);
		this.emitter.span("stream", "in", Flux.range(1, 5)).take(2).blockLast(PATIENCE);
		assertThat(told()).containsExactly("stream.started in run", "stream.completed 5 run", "stream.started in null",
				"stream.cancelled in null");
	}

	@Test
	void whenSpansNestInAPipelineThenTheyKnowTheirParents() {
		Mono<String> inner = this.emitter.span("inner", null, Mono.just("x").publishOn(Schedulers.parallel()));
		try (RunScope run = this.router.openRun("run")) {
			this.emitter.span("outer", null, Mono.just(1).publishOn(Schedulers.single()).then(inner)).block(PATIENCE);
		}
		assertThat(told()).containsExactly("outer.started null run", "inner.started null run", "inner.completed x run",
				"outer.completed x run");
		assertThat(info(1).parentSpanId()).isEqualTo(info(0).spanId());
	}

	@Test
	void whenManyPipelinesRunThenEachKeepsItsRun() {
		Flux.range(0, 50)
			.flatMap((run) -> Flux.range(0, 20)
				.publishOn(Schedulers.parallel())
				.flatMap((item) -> this.emitter.forRun("run-" + run).emit("event", "run-" + run)), 50)
			.blockLast(PATIENCE);
		assertThat(this.events).hasSize(1000).allMatch((event) -> event.runId().equals(event.payload()));
		for (int run = 0; run < 50; run++) {
			String id = "run-" + run;
			assertThat(this.events.stream().filter((event) -> id.equals(event.runId())))
				.extracting(TelemetryEvent::runSequence)
				.doesNotHaveDuplicates()
				.allMatch((number) -> number >= 1 && number <= 20);
		}
	}

	@Test
	void whenTheLastContextIsGoneThenTheRegistryForgetsTheAccessor() {
		RunContextRegistration other = new RunContextRegistration();
		other.afterPropertiesSet();
		other.destroy();
		assertThat(accessors()).isOne();
		this.registration.destroy();
		assertThat(accessors()).isZero();
		this.registration.afterPropertiesSet();
	}

	private static long accessors() {
		return ContextRegistry.getInstance()
			.getThreadLocalAccessors()
			.stream()
			.filter((accessor) -> accessor.key().equals("io.telemetryrouter.run"))
			.count();
	}

}
