package io.telemetryrouter.spring.shutdown;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that {@link ShutdownApplication}, which is terminated in a separate JVM while
 * HTTP clients make it emit, counts every event.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Has no SIGTERM")
class ShutdownUnderLoadTests {

	private static final Duration LIMIT = Duration.ofMinutes(2);

	private static final Pattern PORT = Pattern.compile("port=(\\d+)");

	private static final Pattern DESTROYED = Pattern.compile("destroyed after (\\d+) calls");

	private static final Pattern TOTALS = Pattern.compile("Telemetry router closed in [\\d.]+ m?s: offered=(\\d+),"
			+ " handled=(\\d+), failed=(\\d+), filtered=(\\d+), dropped=\\{(.*)}, running=(\\d+)");

	@TempDir
	private Path directory;

	private final AtomicLong answered = new AtomicLong();

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private JavaProcess application;

	@AfterEach
	void stop() {
		this.application.close();
		this.threads.shutdownNow();
	}

	@Test
	void whenTerminatedUnderLoadThenEveryEventIsHandledBeforeItsHandlerIsDestroyed() throws Exception {
		terminateUnderLoad();
		MatchResult totals = match(TOTALS).get(0);
		assertThat(number(totals, 1)).isEqualTo(number(totals, 2)).isGreaterThanOrEqualTo(2 * this.answered.get());
		assertThat(totals.group(5)).as("dropped").isEmpty();
		assertThat(match(DESTROYED).stream().mapToLong((destroyed) -> number(destroyed, 1)).sum())
			.isEqualTo(number(totals, 2));
		assertDrainedBeforeDestroyed();
	}

	@Test
	void whenHandlerHangsThenOnlyItsEventsAreLostAndShutdownStaysInsideItsPhase() throws Exception {
		terminateUnderLoad("--test.hang=true", "--telemetry-router.shutdown-timeout=1h",
				"--spring.lifecycle.timeout-per-shutdown-phase=2s");
		assertThat(this.application.output()).anyMatch((line) -> line.contains("telemetry-router.shutdown-timeout")
				&& line.contains("spring.lifecycle.timeout-per-shutdown-phase"));
		MatchResult totals = match(TOTALS).get(0);
		String dropped = totals.group(5);
		assertThat(dropped).startsWith("shutdown_timeout=");
		long timedOut = Long.parseLong(dropped.substring(dropped.indexOf('=') + 1));
		assertThat(number(totals, 3)).as("failed, since it was given up").isOne();
		assertThat(number(totals, 1)).isEqualTo(number(totals, 2) + timedOut + 1)
			.isGreaterThanOrEqualTo(3 * this.answered.get());
		assertThat(match(DESTROYED).stream().mapToLong((destroyed) -> number(destroyed, 1)).sum())
			.isEqualTo(number(totals, 2))
			.isEqualTo(2 * (timedOut + 1));
		assertDrainedBeforeDestroyed();
	}

	private void assertDrainedBeforeDestroyed() {
		List<String> order = this.application.output()
			.stream()
			.filter((line) -> TOTALS.matcher(line).find() || DESTROYED.matcher(line).find())
			.map((line) -> TOTALS.matcher(line).find() ? "totals" : "destroyed")
			.toList();
		assertThat(order).containsExactly("totals", "destroyed", "destroyed");
		assertThat(this.application.output()).doesNotContain("late call");
	}

	private void terminateUnderLoad(String... arguments) throws Exception {
		this.application = new JavaProcess(this.directory.resolve("log"), ShutdownApplication.class, "-Dserver.port=0",
				arguments);
		Awaitility.await().atMost(LIMIT).until(() -> !match(PORT).isEmpty() || !this.application.isAlive());
		assertThat(match(PORT)).as("%s", this.application.output()).isNotEmpty();
		URI uri = URI.create("http://localhost:" + number(match(PORT).get(0), 1) + "/");
		List<CompletableFuture<Void>> clients = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			clients.add(CompletableFuture.runAsync(() -> post(uri), this.threads));
		}
		Awaitility.await().atMost(LIMIT).until(() -> this.answered.get() >= 500);
		this.application.terminate();
		assertThat(this.application.awaitEnd()).isTrue();
		CompletableFuture.allOf(clients.toArray(CompletableFuture[]::new)).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
		assertThat(match(TOTALS)).as("%s", this.application.output()).hasSize(1);
	}

	/**
	 * Posts until the application no longer responds.
	 */
	private void post(URI uri) {
		HttpClient client = HttpClient.newHttpClient();
		HttpRequest request = HttpRequest.newBuilder(uri).POST(BodyPublishers.noBody()).timeout(LIMIT).build();
		try {
			while (client.send(request, BodyHandlers.discarding()).statusCode() == 200) {
				this.answered.incrementAndGet();
			}
		}
		catch (IOException ex) {
			// The server has stopped, as expected
			return;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private List<MatchResult> match(Pattern pattern) {
		return this.application.output()
			.stream()
			.map(pattern::matcher)
			.filter(Matcher::find)
			.map(Matcher::toMatchResult)
			.toList();
	}

	private static long number(MatchResult result, int group) {
		return Long.parseLong(result.group(group));
	}

}
