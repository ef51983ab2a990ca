package io.telemetryrouter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandlerSpec.Builder#recorder}: the recorder is offered an event before
 * any other handler.
 */
class RecorderTests {

	private final MemoryRecorder recorder = new MemoryRecorder();

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenRecorderIsSynchronousThenAnAsynchronousHandlerHasNoEventBeforeItIsRecorded() {
		AtomicBoolean early = new AtomicBoolean();
		CountDownLatch handled = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("a").id("lane").async().priority(-5).handler((event, payload) -> {
			early.compareAndSet(false, this.recorder.events.isEmpty());
			handled.countDown();
		}).build());
		this.recorder.records = (event) -> {
			assertThat(this.router.handlerSnapshot("lane").account().queued()).isZero();
			assertThat(handled.getCount()).isOne();
			return true;
		};
		this.router.subscribe(this.recorder.sync());
		this.router.emit("a", 1);
		Books.pass(handled);
		assertThat(early).isFalse();
		assertThat(Books.of(this.router, "recorder").failed()).isZero();
	}

	@Test
	void whenThereIsARecorderThenItComesFirstWhateverThePriorities() {
		this.router.subscribe(HandlerSpec.on("a").id("first").priority(Integer.MIN_VALUE).handler((event, payload) -> {
			this.calls.add("first");
		}).build());
		this.recorder.records = (event) -> this.calls.add("recorder");
		this.router.subscribe(this.recorder.sync().mutate().priority(7).build());
		this.router.emit("a", 1);
		assertThat(this.calls).containsExactly("recorder", "first");
		assertThat(this.router.eventSnapshot("a").handlers()).containsExactly("recorder", "first");
	}

	@Test
	void whenRecorderFailsThenTheOthersHaveTheEventAndAllIsCounted() {
		this.router.subscribe(HandlerSpec.on("a").id("lane").async().handler((event, payload) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("a").id("sync").handler((event, payload) -> {
		}).build());
		this.recorder.records = (event) -> {
			throw new IllegalStateException("disk");
		};
		this.router.subscribe(this.recorder.sync());
		assertThat(this.router.emitAsync("a", 1)).succeedsWithin(Books.LIMIT).isEqualTo(new EmitOutcome(2, 1, 0, 0));
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(snapshot.handlers().get("recorder").account().failed()).isOne();
		assertThat(snapshot.handlers().get("lane").account().handled()).isOne();
		assertThat(snapshot.handlers().get("sync").account().handled()).isOne();
	}

	@Test
	void whenRecorderEmitsThenThatIsCausedByTheEvent() {
		List<TelemetryEvent<?>> events = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("**").id("all").eventHandler(events::add).build());
		this.recorder.records = (event) -> {
			if (event.name().equals("a")) {
				this.router.emit("b", 2);
			}
			return true;
		};
		this.router.subscribe(this.recorder.sync());
		this.router.emit("a", 1);
		assertThat(events).extracting(TelemetryEvent::name).containsExactly("b", "a");
		assertThat(events.get(0).causationId()).isEqualTo(events.get(1).id());
	}

}
