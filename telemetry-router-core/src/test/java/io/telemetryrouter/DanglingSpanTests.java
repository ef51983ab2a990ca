package io.telemetryrouter;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Spans that never end.
 */
class DanglingSpanTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private final ManualTime time = new ManualTime();

	private final TelemetryRouter router = this.time.router().build();

	private CapturedLog log;

	@BeforeEach
	void capture() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private List<String> lines() {
		return this.log.lines("have not ended");
	}

	@Test
	void whenASpanDoesNotEndThenItIsReportedOnceWithItsRunAndAge() {
		TelemetrySpan span = this.router.forRun("r1").span("tool.call", "secret");
		this.time.advance(Duration.ofMinutes(9));
		TelemetrySpan later = this.router.span("model.call", null);
		assertThat(this.router.spanSnapshot()).isEqualTo(new SpanSnapshot(2, 0, List.of()));
		this.time.advance(Duration.ofMinutes(1));
		await().atMost(PATIENCE).until(() -> !lines().isEmpty());
		SpanSnapshot snapshot = this.router.spanSnapshot();
		assertThat(snapshot.open()).isOne();
		assertThat(snapshot.dangling()).isOne();
		assertThat(snapshot.latest()).containsExactly(new DanglingSpan(span.spanId(), "tool.call", "r1",
				this.time.instant().minus(Duration.ofMinutes(10)), Duration.ofMinutes(10), false));
		assertThat(lines()).singleElement()
			.asString()
			.contains("Spans that began and have not ended: 'tool.call' of run 'r1', begun 10 min ago");
		this.time.advance(Duration.ofMinutes(5));
		later.close();
		assertThat(span.complete(null)).isTrue();
		assertThat(this.router.spanSnapshot().dangling()).isOne();
		assertThat(this.router.spanSnapshot().open()).isZero();
	}

	@Test
	void whenARunIsKilledThenItsSpanIsReportedOnceAndItsMemoryReturns() throws Exception {
		WeakReference<TelemetrySpan> killed = kill();
		await().atMost(PATIENCE).until(() -> {
			System.gc();
			return this.router.spanSnapshot().dangling() == 1;
		});
		assertThat(killed.get()).isNull();
		assertThat(this.router.spanSnapshot().open()).isZero();
		DanglingSpan reported = this.router.spanSnapshot().latest().get(0);
		assertThat(reported.name()).isEqualTo("agent.run");
		assertThat(reported.runId()).isEqualTo("killed");
		assertThat(reported.abandoned()).isTrue();
		this.time.advance(Duration.ofHours(1));
		assertThat(this.router.spanSnapshot().dangling()).isOne();
		await().atMost(PATIENCE).until(() -> !lines().isEmpty());
		assertThat(lines()).singleElement()
			.asString()
			.contains("'agent.run' of run 'killed', begun 0 ms ago and no longer referenced");
	}

	private WeakReference<TelemetrySpan> kill() throws Exception {
		List<WeakReference<TelemetrySpan>> spans = new ArrayList<>();
		Thread thread = new Thread(() -> {
			this.router.openRun("killed");
			spans.add(new WeakReference<>(this.router.span("agent.run", new byte[1024])));
			throw new ThreadDeathOnPurpose();
		});
		thread.setUncaughtExceptionHandler((dead, error) -> {
		});
		thread.start();
		thread.join(TimeUnit.SECONDS.toMillis(30));
		return spans.get(0);
	}

	@Test
	void whenAFollowedStageIsAbandonedThenItsSpanIsReported() {
		abandonStage();
		await().atMost(PATIENCE).until(() -> {
			System.gc();
			return this.router.spanSnapshot().dangling() == 1;
		});
		assertThat(this.router.spanSnapshot().latest().get(0).abandoned()).isTrue();
	}

	private void abandonStage() {
		this.router.span("stream", null).follow(new CompletableFuture<>());
	}

	@Test
	void whenManySpansDangleThenTheLatestAreKeptAndOneLineSaysSo() {
		List<TelemetrySpan> spans = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			spans.add(this.router.forRun("run").span("call", null));
		}
		this.time.advance(Duration.ofMinutes(10));
		await().atMost(PATIENCE).until(() -> !lines().isEmpty());
		SpanSnapshot snapshot = this.router.spanSnapshot();
		assertThat(snapshot.open()).isZero();
		assertThat(snapshot.dangling()).isEqualTo(1000);
		assertThat(snapshot.latest()).hasSize(20);
		assertThat(lines().get(0)).contains(" others");
		spans.forEach(TelemetrySpan::close);
	}

	@Test
	void whenTheTimeIsZeroThenOnlyAbandonedSpansAreReported() {
		TelemetryRouter lenient = this.time.router().spanDanglingAfter(Duration.ZERO).build();
		TelemetrySpan span = lenient.span("call", null);
		this.time.advance(Duration.ofDays(365));
		assertThat(lenient.spanSnapshot()).isEqualTo(new SpanSnapshot(1, 0, List.of()));
		span.close();
		lenient.close();
	}

	private static final class ThreadDeathOnPurpose extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
