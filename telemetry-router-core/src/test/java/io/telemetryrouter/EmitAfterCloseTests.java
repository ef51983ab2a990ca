package io.telemetryrouter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A closed router reports the first event that is emitted after the close.
 */
class EmitAfterCloseTests {

	private static final String LINE = "was emitted after the telemetry router had closed";

	private CapturedLog log;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void close() {
		this.log.close();
	}

	@Test
	void whenClosedByTryWithResourcesThenFirstLateEventIsOneLine() {
		TelemetryRouter late = TelemetryRouter.builder().build();
		try (TelemetryRouter router = late) {
			router.subscribe(HandlerSpec.on("x").id("handler").handler((event, payload) -> {
			}).build());
			router.emit("x", "secret");
		}
		assertThat(this.log.lines(LINE)).isEmpty();
		late.emit("x", "secret");
		late.emit("x", "secret");
		late.emit("y", "secret");
		assertThat(this.log.lines(LINE)).containsExactly("Event 'x' was emitted after the telemetry router had closed;"
				+ " it and all that follow are dropped (closed): stop the emitting code before the router closes");
		assertThat(Books.of(late, "handler").dropped()).containsEntry(DropReason.CLOSED, 2L);
	}

	@Test
	void whenNobodyListensToTheLateEventThenItIsALineAllTheSame() {
		TelemetryRouter late = TelemetryRouter.builder().build();
		late.close();
		late.emit("nobody", "secret");
		assertThat(this.log.lines(LINE)).hasSize(1);
	}

	@Test
	void whenHeldEventsAreDroppedByTheCloseThenThatIsNotLate() {
		TelemetryRouter router = TelemetryRouter.builder().holdEvents(5).build();
		router.emit("x", "secret");
		router.close();
		router.close();
		assertThat(this.log.lines(LINE)).isEmpty();
	}

}
