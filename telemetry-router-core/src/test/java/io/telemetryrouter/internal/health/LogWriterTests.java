package io.telemetryrouter.internal.health;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LogWriterTests extends RecordedLog {

	private final LogWriter writer = new LogWriter(this.log, null);

	@Test
	void whenLinesAreWrittenThenTheyAreLoggedInOrder() {
		for (int i = 0; i < 500; i++) {
			this.writer.write(Level.INFO, "line " + i, null);
		}
		this.writer.flush(LONG);
		assertThat(this.log.lines)
			.containsExactlyElementsOf(IntStream.range(0, 500).mapToObj((i) -> "INFO line " + i).toList());
	}

	@Test
	void whenThereIsAnErrorThenItGoesWithTheLine() {
		IllegalStateException error = new IllegalStateException("on purpose");
		this.writer.write(Level.WARNING, "line", error);
		this.writer.flush(LONG);
		assertThat(this.log.lines).containsExactly("WARNING line");
		assertThat(this.log.errors).containsExactly(error);
	}

	@Test
	void whenErrorCannotBePrintedThenItsTypeIsLogged() {
		this.writer.write(Level.WARNING, "line", new Unprintable());
		this.writer.flush(LONG);
		assertThat(this.log.lines).containsExactly("WARNING line: " + Unprintable.class.getName());
		assertThat(this.log.errors).isEmpty();
	}

	@Test
	void whenLoggerFailsWithTheErrorThenItsTypeIsLogged() {
		this.log.refusesErrors = true;
		this.writer.write(Level.WARNING, "line", new IllegalStateException("on purpose"));
		this.writer.flush(LONG);
		assertThat(this.log.lines).containsExactly("WARNING line: java.lang.IllegalStateException");
	}

	@Test
	void whenLoggerThrowsThenLaterLinesAreWritten() {
		this.log.failures.add("WARNING first");
		this.log.failures.add("WARNING second: java.lang.IllegalStateException");
		this.writer.write(Level.WARNING, "first", null);
		this.writer.write(Level.WARNING, "second", new IllegalStateException("on purpose"));
		this.writer.write(Level.WARNING, "third", null);
		this.writer.flush(LONG);
		assertThat(this.log.lines).contains("WARNING third");
	}

	@Test
	void whenLoggerHangsThenNobodyWaitsAndFlushGivesUp() {
		this.log.hang();
		this.writer.write(Level.INFO, "first", null);
		pass(this.log.hanging);
		this.writer.write(Level.INFO, "second", null);
		this.writer.flush(1);
		assertThat(this.log.lines).isEmpty();
		this.log.open.countDown();
		this.writer.flush(LONG);
		assertThat(this.log.lines).containsExactly("INFO first", "INFO second");
		assertThat(this.log.threads).hasSize(1);
	}

	@Test
	void whenThreadIsInterruptedThenFlushReturnsAndItStaysInterrupted() {
		this.log.hang();
		this.writer.write(Level.INFO, "first", null);
		pass(this.log.hanging);
		Thread.currentThread().interrupt();
		this.writer.flush(LONG);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.log.lines).isEmpty();
	}

	@Test
	void whenMoreLinesWaitThanThereIsRoomForThenTheRestIsCountedInALine() {
		this.log.hang();
		this.writer.write(Level.INFO, "line 0", null);
		pass(this.log.hanging);
		for (int i = 1; i < 1100; i++) {
			this.writer.write(Level.INFO, "line " + i, null);
		}
		this.log.open.countDown();
		this.writer.flush(LONG);
		// Line 0 counts as waiting until it is written.
		assertThat(this.log.lines).contains("INFO line 999").doesNotContain("INFO line 1000");
		assertThat(this.log.lines).filteredOn((line) -> line.contains("left out"))
			.containsExactly("WARNING 100 lines of the telemetry router were left out: its log was too slow");
		assertThat(this.log.lines).hasSize(1001);
	}

	@Test
	void whenLinesWereLeftOutThenThereIsRoomForOthersAfterwards() {
		this.log.hang();
		this.writer.write(Level.INFO, "line", null);
		pass(this.log.hanging);
		for (int i = 1; i < 1200; i++) {
			this.writer.write(Level.INFO, "line", null);
		}
		this.log.open.countDown();
		this.writer.flush(LONG);
		this.log.lines.clear();
		for (int i = 0; i < 1000; i++) {
			this.writer.write(Level.INFO, "other", null);
		}
		this.writer.flush(LONG);
		assertThat(this.log.lines).hasSize(1000).containsOnly("INFO other");
	}

	@Test
	void whenLinesWereLeftOutThenAFlushWaitsForTheLineThatSaysSo() throws Exception {
		Thread flush = new Thread(() -> this.writer.flush(LONG));
		AtomicReference<Thread.State> seen = new AtomicReference<>();
		this.log.whenLinesAreLeftOut = () -> {
			flush.start();
			seen.set(settled(flush));
		};
		this.log.hang();
		this.writer.write(Level.INFO, "line", null);
		pass(this.log.hanging);
		for (int i = 1; i < 1200; i++) {
			this.writer.write(Level.INFO, "line", null);
		}
		this.log.open.countDown();
		this.writer.flush(LONG);
		flush.join();
		assertThat(seen).hasValue(Thread.State.TIMED_WAITING);
		assertThat(this.log.lines).filteredOn((line) -> line.contains("left out")).hasSize(1);
	}

	/** The state of a thread that either waits or has come to its end. */
	private static Thread.State settled(Thread thread) {
		Thread.State state = thread.getState();
		while (state != Thread.State.TIMED_WAITING && state != Thread.State.TERMINATED) {
			Thread.onSpinWait();
			state = thread.getState();
		}
		return state;
	}

	@Test
	void whenThereIsNothingToWriteThenThereIsNoThread() throws Exception {
		this.writer.wake();
		this.writer.flush(LONG);
		assertThat(this.log.threads).isEmpty();
		this.writer.write(Level.INFO, "line", null);
		this.writer.flush(LONG);
		for (Thread thread : this.log.threads) {
			thread.join(30_000);
			assertThat(thread.isAlive()).isFalse();
			assertThat(thread.isDaemon()).isTrue();
			assertThat(thread.getName()).isEqualTo("telemetry-router:log");
		}
		this.writer.write(Level.INFO, "another", null);
		this.writer.flush(LONG);
		assertThat(this.log.lines).containsExactly("INFO line", "INFO another");
		assertThat(this.log.threads).hasSize(2).doesNotContain(Thread.currentThread());
	}

	@Test
	void whenApplicationHasAClassLoaderThenTheThreadDoesNotKeepIt() {
		ClassLoader before = Thread.currentThread().getContextClassLoader();
		try {
			Thread.currentThread().setContextClassLoader(new ClassLoader(before) {
			});
			this.writer.write(Level.INFO, "line", null);
			this.writer.flush(LONG);
		}
		finally {
			Thread.currentThread().setContextClassLoader(before);
		}
		assertThat(this.log.loaders).containsExactly(LogWriter.class.getClassLoader());
	}

	/**
	 * The next line often comes just as the thread that wrote the one before ends. Nobody
	 * flushes, which would wake a thread.
	 */
	@Test
	@Tag("stress")
	void whenEachLineComesRightAfterTheOneBeforeThenNoneIsLeftWaiting() {
		int count = 2000;
		AtomicInteger written = new AtomicInteger();
		LogWriter counted = new LogWriter(new Counting(written), null);
		for (int i = 1; i <= count; i++) {
			long deadline = System.nanoTime() + LONG;
			counted.write(Level.INFO, "line", null);
			while (written.get() != i && System.nanoTime() - deadline < 0) {
				Thread.onSpinWait();
			}
			assertThat(written).hasValue(i);
		}
	}

	@Test
	@Tag("stress")
	void whenThreadsWriteAtTheSameTimeThenEachLineIsWrittenOnceAndEachThreadsInOrder() throws Exception {
		int count = 2000;
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			String name = "thread" + i;
			Thread thread = new Thread(() -> {
				for (int j = 0; j < count; j++) {
					if (j % 200 == 0) {
						this.writer.flush(LONG);
					}
					this.writer.write(Level.INFO, name + " " + j, null);
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		this.writer.flush(LONG);
		for (int i = 0; i < 4; i++) {
			String start = "INFO thread" + i + " ";
			assertThat(this.log.lines).filteredOn((line) -> line.startsWith(start))
				.containsExactlyElementsOf(IntStream.range(0, count).mapToObj((j) -> start + j).toList());
		}
	}

	private static final class Unprintable extends RuntimeException {

		@Override
		public String toString() {
			throw new IllegalStateException("on purpose");
		}

	}

	private record Counting(AtomicInteger written) implements System.Logger {

		@Override
		public String getName() {
			return "counting";
		}

		@Override
		public boolean isLoggable(Level level) {
			return true;
		}

		@Override
		public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
			this.written.incrementAndGet();
		}

		@Override
		public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... arguments) {
			this.written.incrementAndGet();
		}

	}

}
