package io.telemetryrouter;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongConsumer;
import java.util.logging.LogRecord;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The latency recorders of listeners receive the duration of each handler call.
 */
class CallRecorderTests {

	private static final int MANY = 1000;

	private final CapturedLog log = new CapturedLog();

	private final TelemetryRouter router = TelemetryRouter.builder().quarantine(QuarantineSettings.disabled()).build();

	private final Recording recording = new Recording();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenCallsReturnOrThrowThenTheRecorderOfTheirOutcomeIsGivenThem(HandlerMode mode) {
		this.router.addListener(this.recording);
		subscribe(mode);
		emit(MANY);
		assertThat(this.recording.handled.sum()).isEqualTo(MANY / 2);
		assertThat(this.recording.failed.sum()).isEqualTo(MANY / 2);
		assertThat(snapshot().latency().count()).isEqualTo(MANY / 2);
	}

	@Test
	void whenEventsHaveWaitedThenTheRecorderOfWaitsIsGivenThemWhileItListens() {
		subscribe(HandlerMode.ASYNC);
		emit(MANY);
		this.router.addListener(this.recording);
		emit(MANY);
		assertThat(this.recording.waited.sum()).isEqualTo(MANY);
		this.router.removeListener(this.recording);
		emit(MANY);
		assertThat(this.recording.waited.sum()).isEqualTo(MANY);
		assertThat(snapshot().queueWait().count()).isEqualTo(3 * MANY);
	}

	@ParameterizedTest
	@EnumSource
	void whenListenerComesLateThenItIsGivenWhatComesAfterAndNothingIsLost(HandlerMode mode) {
		subscribe(mode);
		emit(MANY);
		this.router.addListener(this.recording);
		emit(MANY);
		assertThat(this.recording.handled.sum()).isEqualTo(MANY / 2);
		assertThat(this.recording.failed.sum()).isEqualTo(MANY / 2);
		this.router.removeListener(this.recording);
		emit(MANY);
		assertThat(this.recording.handled.sum()).isEqualTo(MANY / 2);
		assertThat(this.recording.failed.sum()).isEqualTo(MANY / 2);
		assertThat(snapshot().latency().count()).isEqualTo(3 * MANY / 2);
		assertThat(snapshot().account().handled()).isEqualTo(3 * MANY / 2);
	}

	@ParameterizedTest
	@EnumSource
	void whenRecorderThrowsThenCallIsCountedOnceAndOtherRecordersAreGivenIt(HandlerMode mode) {
		this.router.addListener(new RouterListener() {
			@Override
			public LongConsumer callRecorder(String handlerId, boolean failed) {
				return (nanos) -> {
					throw new StackOverflowError("recorder");
				};
			}
		});
		this.router.addListener(this.recording);
		subscribe(mode);
		emit(2);
		assertThat(this.recording.handled.sum()).isOne();
		assertThat(snapshot().account()).satisfies((account) -> {
			assertThat(account.handled()).isOne();
			assertThat(account.failed()).isOne();
			assertThat(account.isBalanced()).isTrue();
		});
		assertThat(this.log.records()).extracting(LogRecord::getMessage).contains("Latency recorder failed");
	}

	private void subscribe(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("x").id("x").mode(mode).handler((event, payload) -> {
			if (Boolean.TRUE.equals(payload)) {
				throw new IllegalStateException();
			}
		}).build());
	}

	private void emit(int count) {
		for (int i = 0; i < count; i++) {
			this.router.emit("x", i % 2 == 0);
		}
		assertThat(this.router.flush(Duration.ofSeconds(30)).complete()).isTrue();
	}

	private HandlerSnapshot snapshot() {
		return Objects.requireNonNull(this.router.handlerSnapshot("x"));
	}

	private static final class Recording implements RouterListener {

		private final LongAdder handled = new LongAdder();

		private final LongAdder failed = new LongAdder();

		private final LongAdder waited = new LongAdder();

		@Override
		public LongConsumer waitRecorder(String handlerId) {
			return (nanos) -> this.waited.increment();
		}

		@Override
		public @Nullable LongConsumer callRecorder(String handlerId, boolean failed) {
			LongAdder count = failed ? this.failed : this.handled;
			return (nanos) -> count.increment();
		}

	}

}
