package io.telemetryrouter;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.LogRecord;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Only handlers read payloads: no log line, snapshot or exception of the router contains
 * one.
 */
class PayloadPrivacyTests {

	private static final String MARKER = "secret-prompt-4711";

	private final ManualTime time = new ManualTime();

	private CapturedLog log;

	@BeforeEach
	void capture() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void release() {
		this.log.close();
	}

	@Test
	void whenEventIsHandledThenEveryHandlerGetsTheSameInstance() throws Exception {
		Secret payload = new Secret();
		List<Object> received = new CopyOnWriteArrayList<>();
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe("x", (event, value) -> received.add(value));
			router.subscribe(HandlerSpec.on("x").eventHandler((event) -> received.add(event.payload())).build());
			router.subscribe(HandlerSpec.on("x").async().handler((event, value) -> received.add(value)).build());
			router
				.subscribe(HandlerSpec.on("x").async().eventHandler((event) -> received.add(event.payload())).build());
			var next = router.next("x", (event) -> event.payload() == payload, Duration.ofSeconds(30));
			router.emitAsync("x", payload).get(30, TimeUnit.SECONDS);
			received.add(next.get(30, TimeUnit.SECONDS).payload());
		}
		assertThat(received).hasSize(5).allSatisfy((value) -> assertThat(value).isSameAs(payload));
	}

	@Test
	void whenAnythingGoesWrongThenPayloadIsNeitherLoggedNorShown() throws Exception {
		Secret payload = new Secret();
		// A lane's thread adds to it, too: the close interrupts the handler that hangs.
		List<String> shown = new CopyOnWriteArrayList<>();
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		TelemetryRouter router = this.time.router()
			.maxDepth(3)
			.shutdownTimeout(Duration.ZERO)
			.errorListener((failure) -> shown.add(failure.toString()))
			.build();
		router.subscribe(spec("failing").handler((event, value) -> {
			throw new IllegalStateException("on purpose");
		}).build());
		router.subscribe(spec("picky").condition((event) -> {
			shown.add(event.toString());
			throw new IllegalStateException("on purpose");
		}).handler((event, value) -> {
		}).build());
		router.subscribe(spec("mismatch").payloadType(Integer.class).handler((event, value) -> {
		}).build());
		router.subscribe(spec("slow").slowThreshold(Duration.ofMillis(1))
			.handler((event, value) -> this.time.advance(Duration.ofSeconds(1)))
			.build());
		router.subscribe(spec("loop").handler((event, value) -> router.emit(event, value)).build());
		router.subscribe(spec("full").async().maxQueue(1).handler((event, value) -> {
			running.countDown();
			release.await();
		}).build());
		router.subscribe(spec("envelope").eventHandler((event) -> shown.add(event.toString())).build());
		var never = router.next("never", (event) -> false, Duration.ofMillis(1));
		router.emit("x", payload);
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 10; i++) {
			// The first calls of a route are not reported when they are slow.
			router.emit("x", payload);
		}
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> never.get(30, TimeUnit.SECONDS))
			.satisfies((ex) -> shown.add(ex.toString()))
			.withCauseInstanceOf(TimeoutException.class);
		shown.add(router.flush(Duration.ZERO).toString());
		shown.add(router.snapshot().toString());
		router.close();
		release.countDown();
		for (LogRecord logged : this.log.records()) {
			shown.add(logged.getMessage() + trace(logged.getThrown()));
		}
		assertThat(shown).anyMatch((text) -> text.contains("Handler 'failing' failed"))
			.anyMatch((text) -> text.contains("Condition of handler 'picky' failed"))
			.anyMatch((text) -> text.contains("Handler 'mismatch' takes"))
			.anyMatch((text) -> text.contains("Handler 'slow' took"))
			.anyMatch((text) -> text.contains("Emitting 'x' took"))
			.anyMatch((text) -> text.contains("Handlers emit in a loop"))
			.anyMatch((text) -> text.contains("The queue of handler 'full' is full"))
			.anyMatch((text) -> text.contains("closed in"))
			.anyMatch((text) -> text.startsWith("TelemetryEvent["))
			.anyMatch((text) -> text.startsWith("RouterSnapshot["))
			.noneMatch((text) -> text.contains(MARKER));
		assertThat(payload.touched).isFalse();
	}

	@Test
	void whenExceptionQuotesThePayloadThenSnapshotPrintsOnlyItsType() {
		try (TelemetryRouter router = this.time.router().build()) {
			router.subscribe(spec("quoting").handler((event, value) -> {
				throw new IllegalArgumentException(MARKER);
			}).build());
			router.emit("x", new Secret());
			HandlerSnapshot snapshot = router.handlerSnapshot("quoting");
			assertThat(snapshot.lastFailure()).hasToString("FailureSnapshot[type="
					+ IllegalArgumentException.class.getName() + ", at=" + this.time.instant() + "]");
			assertThat(router.snapshot().toString()).doesNotContain(MARKER);
			// For those who may see it only
			assertThat(snapshot.lastFailure().message()).isEqualTo(MARKER);
		}
	}

	@Test
	void whenNamesWouldForgeLinesThenTheyAreSanitisedInTheLog() {
		String evil = "a\nb\rc\u001B[31md\u0085e\u2028f\u202Eg\u0000h\uD83D\uDE00" + "y".repeat(1 << 20);
		try (TelemetryRouter router = this.time.router().maxDepth(2).build()) {
			router.subscribe(HandlerSpec.on("**").id("evil\nid\u001B").handler((event, value) -> {
				this.time.advance(Duration.ofSeconds(1));
				router.emit(event, value);
				throw new IllegalStateException("on purpose");
			}).slowThreshold(Duration.ofMillis(1)).build());
			router.subscribe(HandlerSpec.on("**").id("mismatch").payloadType(Integer.class).handler((event, value) -> {
			}).build());
			router.emit(evil, "payload");
		}
		// A stack is of more than one line, and another test's: nothing is stuck here.
		List<String> lines = this.log.records()
			.stream()
			.map(LogRecord::getMessage)
			.filter((line) -> !line.contains("has been busy with"))
			.toList();
		assertThat(lines).hasSizeGreaterThanOrEqualTo(5)
			.allSatisfy((line) -> assertThat(line).hasSizeLessThan(1000)
				.doesNotContainPattern("[\\p{Cntrl}\\u0085\\u2028\\u202E\\uD800-\\uDFFF]"))
			.anyMatch((line) -> line.contains("a\uFFFDb\uFFFDc\uFFFD[31md\uFFFDe\uFFFDf\uFFFDg\uFFFDh"))
			.anyMatch((line) -> line.contains("yyy\u2026'"))
			.anyMatch((line) -> line.contains("'evil\uFFFDid\uFFFD'"));
	}

	@Test
	@Tag("stress")
	void whenEventIsHandledThenRouterKeepsNoPayload() throws Exception {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(spec("sync").eventHandler((event) -> {
			}).build());
			router.subscribe(spec("async").async().handler((event, value) -> {
			}).build());
			WeakReference<Object> reference = emitOne(router);
			assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
			await().atMost(30, TimeUnit.SECONDS).until(() -> {
				System.gc();
				return reference.refersTo(null);
			});
		}
	}

	private static WeakReference<Object> emitOne(TelemetryRouter router) {
		Object payload = new Object();
		router.emit("x", payload);
		return new WeakReference<>(payload);
	}

	private static HandlerSpec.Builder<Object> spec(String id) {
		return HandlerSpec.on("x").id(id);
	}

	private static String trace(Throwable thrown) {
		StringWriter text = new StringWriter();
		if (thrown != null) {
			thrown.printStackTrace(new PrintWriter(text));
		}
		return text.toString();
	}

	/**
	 * A payload with a secret, which records calls of its methods.
	 */
	private static final class Secret {

		volatile boolean touched;

		@Override
		public boolean equals(Object other) {
			this.touched = true;
			return this == other;
		}

		@Override
		public int hashCode() {
			this.touched = true;
			return 1;
		}

		@Override
		public String toString() {
			this.touched = true;
			return MARKER;
		}

	}

}
