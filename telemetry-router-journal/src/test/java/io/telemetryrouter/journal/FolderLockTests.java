package io.telemetryrouter.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.TelemetryEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a journal whose lock file is deleted while it is open.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows does not delete open files")
class FolderLockTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private final FaultyDisk disk = new FaultyDisk();

	private final CapturedLog log = new CapturedLog();

	private @Nullable Process other;

	@AfterEach
	void end() {
		this.log.close();
		if (this.other != null) {
			this.other.destroyForcibly();
		}
	}

	private Journal open() {
		return Journal.open(JournalOptions.in(this.directory).segmentSize(4 << 10).build(), this.disk);
	}

	/** An event of now: the segment does not end by its age. */
	private static TelemetryEvent<?> event(String name) {
		return new TestEvent(name, "x".repeat(name.length() * 10)).at(Instant.now());
	}

	private Path lock() {
		return this.directory.resolve("journal.lock");
	}

	private void assertLockedAgain(Journal journal) throws Exception {
		assertThat(TestProcess.run(JournalOpenTests.OpenMain.class, this.directory.toString()))
			.contains("is in use by process " + ProcessHandle.current().pid());
		assertThat(journal.append(new TestEvent("a", 2))).isTrue();
		assertThat(journal.flush()).isTrue();
		assertThat(Lines.read(this.directory).sequences()).containsExactly(1L, 2L);
		await().atMost(PATIENCE).until(() -> !this.log.lines(this.directory).isEmpty());
		assertThat(this.log.lines(this.directory))
			.containsExactly("Journal '" + this.directory + "' has locked its folder again, since its journal.lock"
					+ " was deleted. Leave this file alone: it keeps other processes from writing to the folder");
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whenTheLockFileIsGoneThenTheFolderIsLockedAgain(boolean replaced) throws Exception {
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", 1));
			Files.delete(lock());
			if (replaced) {
				Files.createFile(this.directory.resolve("other"));
				Files.createFile(lock());
			}
			assertThat(journal.flush()).isTrue();
			assertLockedAgain(journal);
		}
		open().close();
	}

	@Test
	void whenTheLockFileIsGoneThenThePeriodicCheckLocksTheFolderAgain() throws Exception {
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", 1));
			Files.delete(lock());
			await().atMost(PATIENCE).until(() -> Files.exists(lock()) && Files.size(lock()) > 0);
			assertLockedAgain(journal);
		}
	}

	@Test
	void whenTheFolderIsLockedAgainOnAnInterruptedThreadThenNothingIsLost() throws Exception {
		String large = "x".repeat(3000);
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", large));
			Files.delete(lock());
			Thread.currentThread().interrupt();
			// Begins another segment
			assertThat(journal.append(new TestEvent("a", large))).isTrue();
			assertThat(Thread.interrupted()).isTrue();
			assertThat(journal.append(new TestEvent("a", large))).isTrue();
			assertThat(lock()).hasContent(ProcessHandle.current().pid() + "");
		}
	}

	private void assertLost(Journal journal, String cause) {
		assertThat(journal.flush()).isFalse();
		assertThat(journal.append(new TestEvent("lost", 1))).isFalse();
		assertThat(journal.status().failure()).contains(cause);
		await().atMost(PATIENCE).until(() -> !this.log.lines(this.directory).isEmpty());
		assertThat(this.log.lines(this.directory)).first()
			.asString()
			.startsWith("Journal '" + this.directory + "' cannot be written: ")
			.contains(cause)
			.endsWith("Events are counted as lost until it is opened again:"
					+ " give each application a folder of its own, and restart this one");
	}

	/** Deletes the lock file, and lets another process write before it is checked. */
	private BufferedReader writeInAnotherProcess(Journal journal, int lines) throws Exception {
		this.disk.syncMayEnd = new CountDownLatch(1);
		int begun = this.disk.syncsBegun.get();
		CompletableFuture<Boolean> flush = CompletableFuture.supplyAsync(journal::flush);
		await().atMost(PATIENCE).until(() -> this.disk.syncsBegun.get() > begun);
		Files.delete(lock());
		this.other = TestProcess.start(WriteMain.class, this.directory.toString(), String.valueOf(lines));
		BufferedReader output = new BufferedReader(
				new InputStreamReader(this.other.getInputStream(), StandardCharsets.UTF_8));
		assertThat(output.readLine()).isEqualTo(String.valueOf(lines));
		CompletableFuture<Boolean> append = CompletableFuture.supplyAsync(() -> journal.append(event("mine")));
		this.disk.syncMayEnd.countDown();
		assertThat(flush.get(30, TimeUnit.SECONDS)).isTrue();
		append.get(30, TimeUnit.SECONDS);
		return output;
	}

	@Test
	void whenAnotherProcessHasTheFolderThenThisOneStopsWriting() throws Exception {
		try (Journal journal = open()) {
			journal.append(event("mine"));
			try (BufferedReader output = writeInAnotherProcess(journal, 100)) {
				assertLost(journal,
						"is in use by process " + this.other.pid() + ", since its journal.lock was deleted");
				this.other.getOutputStream().close();
				assertThat(output.readLine()).isNull();
			}
			assertThat(journal.append(new TestEvent("lost", 1))).isFalse();
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.kinds()).isSubsetOf(JournalProblem.Kind.REPEATED);
		assertThat(Lines.raw(this.directory)).doesNotContain("\"lost\"");
		assertThat(lines.names()).filteredOn("mine"::equals).hasSizeBetween(1, 2);
		assertThat(lines.names()).filteredOn("other"::equals).hasSizeBetween(99, 100);
	}

	@Test
	void whenAnotherProcessHasWrittenMeanwhileThenThisOneStopsWriting() throws Exception {
		try (Journal journal = open()) {
			journal.append(event("mine"));
			try (BufferedReader output = writeInAnotherProcess(journal, 5)) {
				this.other.getOutputStream().close();
				assertThat(output.readLine()).isNull();
				this.other.waitFor();
			}
			assertLost(journal, "was written to by another process, since its journal.lock was deleted");
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.kinds()).isSubsetOf(JournalProblem.Kind.REPEATED);
		open().close();
	}

	/** Appends lines, prints their number, and closes when its input ends. */
	public static final class WriteMain {

		public static void main(String[] args) throws IOException {
			try (Journal journal = Journal.open(JournalOptions.in(Path.of(args[0])).build())) {
				for (int i = 0; i < Integer.parseInt(args[1]); i++) {
					journal.append(event("other"));
				}
				System.out.println(journal.status().written());
				System.in.read();
			}
			catch (JournalException ex) {
				System.out.println(ex.getMessage());
			}
		}

	}

}
