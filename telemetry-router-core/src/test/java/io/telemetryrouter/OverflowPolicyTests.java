package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 4: overflow policies of a full lane.
 */
class OverflowPolicyTests extends FullLane {

	@ParameterizedTest
	@CsvSource({ "DROP_NEWEST, 1", "DROP_NEWEST, 3", "DROP_NEWEST, 32", "DROP_NEWEST, 33", "DROP_NEWEST, 1000",
			"DROP_OLDEST, 1", "DROP_OLDEST, 3", "DROP_OLDEST, 32", "DROP_OLDEST, 33", "DROP_OLDEST, 1000", "BLOCK, 1",
			"BLOCK, 3", "BLOCK, 32", "BLOCK, 33", "BLOCK, 1000" })
	void whenQueueIsExactlyFullThenNothingIsDropped(OverflowPolicy policy, int capacity) {
		hang(policy, capacity);
		List<Object> emitted = new ArrayList<>(List.of("first"));
		for (int i = 0; i < capacity; i++) {
			this.router.emit("event", i);
			emitted.add(i);
		}
		assertThat(Books.of(this.router, "lane").queued()).isEqualTo(capacity);
		assertThat(Books.of(this.router, "lane").droppedTotal()).isZero();
		release();
		assertThat(this.handled).isEqualTo(emitted);
	}

	@Test
	void whenPolicyIsLeftOpenThenNewestIsDropped() {
		try (TelemetryRouter plain = TelemetryRouter.builder().build()) {
			plain.subscribe(HandlerSpec.on("event").id("lane").async().handler((name, payload) -> {
			}).build());
			assertThat(plain.handlerSnapshot("lane").overflow()).isEqualTo(OverflowPolicy.DROP_NEWEST);
			assertThat(plain.snapshot().defaults().overflow()).isEqualTo(OverflowPolicy.DROP_NEWEST);
		}
	}

	@Test
	void whenQueueIsFullThenDropNewestDropsTheEventThatCame() {
		hang(OverflowPolicy.DROP_NEWEST, 2);
		emit(1, 2, 3, 4);
		assertDropped(2);
		release();
		assertThat(this.handled).containsExactly("first", 1, 2);
	}

	@Test
	void whenQueueIsFullThenDropOldestDropsTheEventThatWaitedLongest() {
		hang(OverflowPolicy.DROP_OLDEST, 2);
		emit(1, 2, 3, 4);
		assertDropped(2);
		release();
		assertThat(this.handled).containsExactly("first", 3, 4);
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_NEWEST", "DROP_OLDEST" })
	void whenLaneHangsThenEmitStillReturnsHoweverMuchIsEmitted(OverflowPolicy policy) {
		hang(policy, 10);
		for (int i = 0; i < 100_000; i++) {
			this.router.emit("event", i);
		}
		assertDropped(100_000 - 10);
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_NEWEST", "DROP_OLDEST" })
	void whenManyEmittersOverflowThenQueueIsFullToItsCapacityAndTheRestIsCounted(OverflowPolicy policy)
			throws Exception {
		hang(policy, 50);
		Parallel.run(4, (number) -> {
			for (int i = 0; i < 2000; i++) {
				this.router.emit("event", i);
			}
		});
		assertThat(Books.of(this.router, "lane").queued()).isEqualTo(50);
		assertDropped(4 * 2000 - 50);
		release();
		assertThat(this.handled).hasSize(51);
	}

	@Test
	void whenDropsBeginThenOneWarningAndWhenTheyEndOneLineWithTheCount() {
		try (CapturedLog log = this.log) {
			hang(OverflowPolicy.DROP_NEWEST, 2);
			emit(1, 2);
			assertThat(log.lines("'lane' ")).isEmpty();
			emit(3);
			assertThat(log.lines("The queue of handler 'lane' is full")).hasSize(1);
			assertThat(log.records("The queue of handler 'lane' is full").get(0).getLevel()).isEqualTo(Level.WARNING);
			for (int i = 0; i < 499; i++) {
				emit(i);
			}
			assertThat(log.lines("'lane' ")).hasSize(1);
			release();
			Books.eventually(() -> log.lines("'lane' ").size() == 2);
			assertThat(log.lines("'lane' has room in its queue again; 500 events were dropped")).hasSize(1);
		}
	}

	@Test
	void whenRouterClosesInTheMiddleOfABurstThenItsCountIsLoggedAllTheSame() {
		ManualTime time = new ManualTime();
		use(time.router().shutdownTimeout(Duration.ZERO));
		hang(OverflowPolicy.DROP_OLDEST, 2);
		try (CapturedLog log = this.log) {
			emit(1, 2, 3, 4, 5);
			this.router.close();
			assertThat(log.lines("The queue of handler 'lane' is full")).hasSize(1);
			assertThat(log.lines("3 events were dropped")).hasSize(1);
		}
	}

	@Test
	void whenTwoLanesOverflowThenEachIsReported() {
		try (CapturedLog log = this.log) {
			for (String id : List.of("one", "two")) {
				this.router.subscribe(HandlerSpec.on("event")
					.id(id)
					.async()
					.maxQueue(1)
					.handler((name, payload) -> Books.pass(this.gate))
					.build());
			}
			emit(1, 2, 3, 4);
			assertThat(log.lines("The queue of handler 'one' is full (1 event): new events are dropped")).hasSize(1);
			assertThat(log.lines("The queue of handler 'two' is full (1 event): new events are dropped")).hasSize(1);
		}
	}

}
