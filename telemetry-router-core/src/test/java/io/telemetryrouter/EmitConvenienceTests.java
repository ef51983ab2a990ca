package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Emitting by payload alone and lazily, awaiting a type, and failures with their event.
 */
class EmitConvenienceTests {

	private final List<HandlerFailure> failures = new CopyOnWriteArrayList<>();

	private final TelemetryRouter router = TelemetryRouter.builder().errorListener(this.failures::add).build();

	private final List<Object> received = new CopyOnWriteArrayList<>();

	private final AtomicInteger built = new AtomicInteger();

	private final Supplier<String> supplier = () -> "built " + this.built.incrementAndGet();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenThePayloadDeclaresItsNameThenItIsEnough() {
		this.router.subscribe("tool.called", (event, payload) -> this.received.add(payload));
		this.router.emit(new ToolCalled("weather"));
		this.router.forRun("run").emit(new ToolCalled("time"));
		assertThat(this.received).containsExactly(new ToolCalled("weather"), new ToolCalled("time"));
	}

	@Test
	void whenThePayloadDeclaresNoNameThenTheEmitterIsTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit("tool.called"))
			.withMessageContaining("java.lang.String")
			.withMessageContaining("@TelemetryEventType");
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit((Object) null))
			.withMessageContaining("payload");
	}

	@Test
	void whenNobodyListensThenNothingIsBuiltAndTheEventIsCounted() {
		this.router.emitLazily("event", this.supplier);
		assertThat(this.built).hasValue(0);
		assertThat(this.router.eventSnapshot("event").unhandled()).isOne();
		this.router.subscribe("event", (event, payload) -> this.received.add(payload));
		this.router.emitLazily("event", this.supplier);
		assertThat(this.received).containsExactly("built 1");
		this.router.close();
		this.router.emitLazily("event", this.supplier);
		assertThat(this.built).hasValue(1);
		assertThat(this.router.snapshot()
			.retired()
			.plus(this.router.snapshot().handlers().values().iterator().next().account())
			.dropped()).containsEntry(DropReason.CLOSED, 1L);
	}

	@Test
	void whenEventsAreHeldThenThePayloadIsBuilt() {
		TelemetryRouter holding = TelemetryRouter.builder().holdEvents(10).build();
		holding.emitLazily("event", this.supplier);
		holding.subscribe("event", (event, payload) -> this.received.add(payload));
		holding.start();
		assertThat(this.received).containsExactly("built 1");
		holding.close();
	}

	@Test
	void whenTheSupplierThrowsThenItsCallerSeesIt() {
		this.router.subscribe("event", (event, payload) -> this.received.add(payload));
		assertThatIllegalStateException().isThrownBy(() -> this.router.emitLazily("event", () -> {
			throw new IllegalStateException("mine");
		}));
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emitLazily(" ", this.supplier));
		assertThat(this.received).isEmpty();
	}

	@Test
	void whenATypeIsAwaitedThenOtherPayloadsArePassedOver() throws Exception {
		EventType<ToolCalled> type = EventType.of(ToolCalled.class);
		CompletableFuture<TelemetryEvent<ToolCalled>> next = this.router.next(type, Duration.ofSeconds(30));
		this.router.emit("tool.called", "text");
		this.router.emit(new ToolCalled("weather"));
		assertThat(next.get(30, TimeUnit.SECONDS).payload().tool()).isEqualTo("weather");
		CompletableFuture<TelemetryEvent<ToolCalled>> late = this.router.next(type, Duration.ofMillis(1));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> late.get(30, TimeUnit.SECONDS))
			.withCauseInstanceOf(TimeoutException.class);
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.next(null, Duration.ofSeconds(1)));
	}

	@Test
	void whenAHandlerFailsThenTheListenerIsGivenTheEvent() throws Exception {
		this.router.subscribe(HandlerSpec.on("sync").eventHandler((event) -> fail()).build());
		this.router.subscribe(HandlerSpec.on("async").async().handler((event, payload) -> fail()).build());
		this.router.subscribe("plain", (event, payload) -> fail());
		TelemetryEmitter emitter = this.router.forRun("run");
		emitter.emit("sync", 1);
		emitter.emitAsync("async", 2).get(30, TimeUnit.SECONDS);
		emitter.emit("plain", 3);
		assertThat(this.failures).extracting(HandlerFailure::event).containsExactly("sync", "async", "plain");
		assertThat(this.failures.get(0).envelope().payload()).isEqualTo(1);
		assertThat(this.failures.get(0).envelope().runId()).isEqualTo("run");
		assertThat(this.failures.get(1).envelope().runSequence()).isEqualTo(2);
		assertThat(this.failures.get(2).envelope()).isNull();
		assertThat(this.failures.get(0).toString()).doesNotContain("payload");
	}

	private static void fail() {
		throw new IllegalStateException("on purpose");
	}

	@TelemetryEventType("tool.called")
	private record ToolCalled(String tool) {
	}

}
