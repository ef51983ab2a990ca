package io.telemetryrouter;

import java.time.Duration;
import java.util.logging.Level;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Log lines and recorded data of failures, and their rate limit.
 */
class FailureLineTests {

	private final ManualTime time = new ManualTime();

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().build();
	}

	@AfterEach
	void close() {
		// Clears the interrupt of a test that failed.
		Thread.interrupted();
		this.router.close();
		this.log.close();
	}

	@Test
	void whenMessageIsVeryLongThenItsBeginningIsKept() {
		this.router.subscribe(HandlerSpec.on("event").id("long").handler((name, payload) -> {
			throw new IllegalStateException("x".repeat((int) payload));
		}).build());
		this.router.emit("event", 500);
		assertThat(this.router.handlerSnapshot("long").lastFailure().message()).isEqualTo("x".repeat(500));
		this.router.emit("event", 501);
		assertThat(this.router.handlerSnapshot("long").lastFailure().message()).isEqualTo("x".repeat(500) + "\u2026");
	}

	@Test
	void whenMessageCannotBeReadThenFailureHasNone() {
		this.router.subscribe(HandlerSpec.on("event").id("mute").handler((name, payload) -> {
			throw new IllegalStateException() {

				@Override
				public String getMessage() {
					throw new IllegalArgumentException();
				}

			};
		}).build());
		this.router.emit("event", null);
		assertThat(this.router.handlerSnapshot("mute").lastFailure().message()).isNull();
		assertThat(Books.of(this.router, "mute").failed()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerKeepsFailingThenOneLineAMinuteCountsTheRest(HandlerMode mode) {
		this.router.close();
		this.router = this.time.router().quarantine(QuarantineSettings.disabled()).build();
		this.router.subscribe(HandlerSpec.on("event")
			.id("bad")
			.mode(mode)
			.handler(Throwables.throwing(new IllegalStateException("boom")))
			.build());
		emitAndWait(1000);
		assertThat(this.log.lines("'bad' failed")).containsExactly("Handler 'bad' failed on event 'event'");
		assertThat(this.log.records("'bad' failed").get(0).getLevel()).isEqualTo(Level.WARNING);
		assertThat(this.log.records("'bad' failed").get(0).getThrown()).hasMessage("boom");
		this.time.advance(Duration.ofSeconds(59));
		emitAndWait(10);
		assertThat(this.log.lines("'bad' failed")).hasSize(1);
		this.time.advance(Duration.ofSeconds(1));
		emitAndWait(1);
		assertThat(this.log.lines("'bad' failed")).hasSize(2);
		assertThat(this.log.lines("'bad' failed").get(1)).contains("1009 more");
		this.time.advance(Duration.ofMinutes(5));
		emitAndWait(1);
		assertThat(this.log.lines("'bad' failed").get(2)).doesNotContain("more");
		assertThat(Books.of(this.router, "bad").failed()).isEqualTo(1012);
	}

	private void emitAndWait(int count) {
		for (int i = 0; i < count; i++) {
			this.router.emit("event", i);
		}
		Books.balanced(this.router);
	}

	@Test
	void whenTwoHandlersFailThenEachHasItsOwnLine() {
		this.router
			.subscribe(HandlerSpec.on("event").id("one").handler(Throwables.throwing(new Exception("1"))).build());
		this.router
			.subscribe(HandlerSpec.on("event").id("two").handler(Throwables.throwing(new Exception("2"))).build());
		emitAndWait(5);
		assertThat(this.log.lines("'one' failed")).hasSize(1);
		assertThat(this.log.lines("'two' failed")).hasSize(1);
	}

	@Test
	void whenCallbackKeepsFailingThenOneLineAMinuteCountsTheRest() {
		try (TelemetryRouter guarded = this.time.router()
			.quarantine(QuarantineSettings.disabled())
			.errorListener((failure) -> {
				throw new IllegalStateException("listener");
			})
			.build()) {
			guarded.subscribe("event", Throwables.throwing(new Exception("bad")));
			for (int i = 0; i < 100; i++) {
				guarded.emit("event", null);
			}
			assertThat(this.log.lines("Error listener failed")).hasSize(1);
			this.time.advance(Duration.ofMinutes(1));
			guarded.emit("event", null);
			assertThat(this.log.lines("Error listener failed")).hasSize(2);
			assertThat(this.log.lines("Error listener failed").get(1)).contains("99 more");
		}
	}

	@Test
	void whenExceptionCannotBePrintedThenItsTypeIsLogged() {
		this.router.subscribe(
				HandlerSpec.on("event").id("bad").handler(Throwables.throwing(new Throwables.Unprintable())).build());
		this.router.emit("event", null);
		assertThat(this.log.lines("'bad' failed")).singleElement()
			.asString()
			.contains(Throwables.Unprintable.class.getName());
	}

	@Test
	void whenHandlerIdAndEventAreUnprintableThenLogLineIsOneLine() {
		this.router
			.subscribe(HandlerSpec.on("**").id("bad\nid").handler(Throwables.throwing(new Exception("bad"))).build());
		this.router.emit("ev\r\nent", null);
		assertThat(this.log.lines("failed on event")).singleElement()
			.asString()
			.doesNotContain("\n", "\r")
			.contains("bad\uFFFDid", "ev\uFFFD\uFFFDent");
	}

}
