package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a journal that is flushed or closed while it is written, and for its lock.
 */
class JournalCloseTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private final FaultyDisk disk = new FaultyDisk();

	private JournalOptions options() {
		return JournalOptions.in(this.directory).fsync(Fsync.ALWAYS).build();
	}

	private void assertInUse() {
		assertThatExceptionOfType(JournalException.class).isThrownBy(() -> Journal.open(options()))
			.withMessageContaining("is in use by this process");
	}

	/** Starts a thread, and waits until it waits for another one or has ended. */
	private static Thread started(Runnable action) {
		Thread thread = new Thread(action);
		thread.start();
		await().atMost(LIMIT)
			.until(() -> thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.BLOCKED
					|| !thread.isAlive());
		return thread;
	}

	@Test
	void whenWriteInProgressFailsThenFlushReportsIt() throws Exception {
		this.disk.syncMayEnd = new CountDownLatch(1);
		try (Journal journal = Journal.open(options(), this.disk)) {
			FutureTask<Boolean> append = new FutureTask<>(() -> journal.append(new TestEvent("a", 1)));
			started(append);
			FutureTask<Boolean> flush = new FutureTask<>(journal::flush);
			started(flush);
			this.disk.failsSync = true;
			this.disk.syncMayEnd.countDown();
			assertThat(append.get()).isFalse();
			assertThat(flush.get()).isFalse();
			this.disk.failsSync = false;
			assertThat(journal.flush()).isTrue();
		}
	}

	@Test
	void whenJournalIsClosedTwiceAtOnceThenTheSecondCallWaitsForTheFirst() throws Exception {
		Journal journal = Journal.open(JournalOptions.in(this.directory).build(), this.disk);
		assertThat(journal.append(new TestEvent("a", 1))).isTrue();
		this.disk.syncMayEnd = new CountDownLatch(1);
		Thread first = started(journal::close);
		Thread second = started(journal::close);
		try {
			assertThat(second.isAlive()).isTrue();
			assertInUse();
		}
		finally {
			this.disk.syncMayEnd.countDown();
		}
		first.join();
		second.join();
		Journal.open(options()).close();
	}

	@Test
	void whenJournalIsClosedAgainThenTheLockOfItsSuccessorStays() {
		Journal first = Journal.open(options());
		first.close();
		try (Journal second = Journal.open(options())) {
			first.close();
			assertInUse();
			assertThat(second.append(new TestEvent("a", 1))).isTrue();
		}
	}

	private void openAndForget() {
		Journal forgotten = Journal.open(JournalOptions.in(this.directory).build());
		assertThat(forgotten.append(new TestEvent("a", 1))).isTrue();
	}

	private boolean isFree() {
		System.gc();
		try {
			Journal.open(options()).close();
			return true;
		}
		catch (JournalException ex) {
			return false;
		}
	}

	/** As in a web application that is undeployed without closing its journal. */
	@Test
	void whenAJournalIsNeitherClosedNorReferencedThenItIsClosed() {
		try (CapturedLog log = new CapturedLog()) {
			openAndForget();
			await().atMost(LIMIT).until(this::isFree);
			assertThat(log.lines(this.directory)).containsExactly("Journal '" + this.directory
					+ "' was not closed, and nothing refers to it any more, so it is closed now:"
					+ " close it when its application ends");
		}
		assertThat(Lines.read(this.directory).sequences()).containsExactly(1L);
	}

	@Test
	void whenAJournalIsReferencedByItsHandlerOnlyThenItStaysOpen() throws Exception {
		HandlerSpec<Object> handler = Journal.open(options()).handler(JournalMode.SYNC);
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(handler);
			for (int i = 0; i < 3; i++) {
				assertThat(isFree()).isFalse();
			}
			router.emit("a", 1);
			assertThat(Lines.read(this.directory).sequences()).containsExactly(1L);
		}
	}

	@Test
	void whenOtherCodeOfTheProcessHasTheLockThenOpenSaysSo() throws IOException {
		Journal.open(options()).close();
		try (FileChannel channel = FileChannel.open(this.directory.resolve("journal.lock"), StandardOpenOption.WRITE)) {
			channel.lock();
			assertInUse();
		}
		Journal.open(options()).close();
	}

	@Test
	void whenOpenFailsAndTheFileCannotBeClosedThenTheFolderIsReleased() throws IOException {
		Journal.open(options()).close();
		Files.writeString(Lines.segments(this.directory).get(0), "{\"torn");
		this.disk.failsTruncate = true;
		this.disk.failsClose = true;
		assertThatExceptionOfType(JournalException.class).isThrownBy(() -> Journal.open(options(), this.disk))
			.withMessageContaining("Input/output error");
		Journal.open(options()).close();
	}

}
