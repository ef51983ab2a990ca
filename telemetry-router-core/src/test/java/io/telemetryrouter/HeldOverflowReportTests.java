package io.telemetryrouter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Events that are lost before the start are counted separately and reported.
 */
class HeldOverflowReportTests {

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = TelemetryRouter.builder().holdEvents(3).build();
		this.router.subscribe(HandlerSpec.on("x").id("sync").handler((event, payload) -> {
		}).build());
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private void emit(int events) {
		for (int i = 0; i < events; i++) {
			this.router.emit("x", "secret");
		}
	}

	@Test
	void whenMoreEventsComeBeforeTheStartThanAreHeldThenOneLineNamesTheSetting() {
		emit(5);
		this.router.emit("y", "secret");
		assertThat(this.log.lines("before the router had started")).isEmpty();
		this.router.start();
		this.router.start();
		HandlerAccount account = Books.of(this.router, "sync");
		assertThat(account.dropped()).containsEntry(DropReason.NOT_STARTED, 2L)
			.containsEntry(DropReason.QUEUE_FULL, 0L);
		assertThat(account.isBalanced()).isTrue();
		assertThat(this.log.lines("before the router had started"))
			.containsExactly("3 events emitted before the router had started were dropped (not_started): it holds 3"
					+ " at most; start it earlier, or raise 'telemetry-router.max-held-events', which without Spring"
					+ " Boot is TelemetryRouterBuilder.holdEvents(int)");
	}

	@Test
	void whenAllEventsAreHeldThenNothingIsSaid() {
		emit(3);
		this.router.start();
		assertThat(Books.of(this.router, "sync").handled()).isEqualTo(3);
		assertThat(this.log.lines("before the router had started")).isEmpty();
	}

	@Test
	void whenRouterClosesWithoutAStartThenTheLineIsWritten() {
		emit(4);
		this.router.close();
		assertThat(this.log.lines("1 event emitted before the router had started was dropped")).hasSize(1);
	}

}
