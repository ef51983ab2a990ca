package io.telemetryrouter.internal.health;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Times of the watchdog's scans. By its interval alone it would scan once an hour.
 */
class WatchdogWakeTests {

	private static final long HOUR = TimeUnit.HOURS.toNanos(1);

	private final Reporter reporter = new Reporter(new LogWriter(System.getLogger("silence"), null), new Ticker(null));

	private final Semaphore rounds = new Semaphore(0);

	private final AtomicReference<Thread> thread = new AtomicReference<>();

	private Watchdog watchdog = watchdog(HOUR);

	private Watchdog watchdog(long interval) {
		Watchdog created = new Watchdog(interval, this.reporter);
		created.checks(List.of(() -> {
			this.thread.set(Thread.currentThread());
			this.rounds.release();
		}));
		return created;
	}

	@AfterEach
	void stop() {
		this.watchdog.stop();
	}

	private void round() throws InterruptedException {
		assertThat(this.rounds.tryAcquire(30, TimeUnit.SECONDS)).as("a round").isTrue();
	}

	/** The first round comes after the first interval, or when asked for. */
	private void startAndMakeRound() throws InterruptedException {
		this.watchdog.start();
		this.watchdog.wakeBy(System.nanoTime());
		round();
	}

	@Test
	void whenStartedThenRoundsAreMadeOnOneDaemonThread() throws Exception {
		startAndMakeRound();
		Thread first = this.thread.get();
		assertThat(first.isDaemon()).isTrue();
		assertThat(first.getName()).isEqualTo("telemetry-router:watchdog");
		assertThat(first.getContextClassLoader()).isSameAs(Watchdog.class.getClassLoader());
		this.watchdog.start();
		this.watchdog.wakeBy(System.nanoTime());
		round();
		assertThat(this.thread.get()).isSameAs(first);
	}

	@Test
	void whenThereIsNoMemoryForARoundThenTheNextOneIsMade() throws Exception {
		AtomicBoolean failed = new AtomicBoolean();
		Runnable check = this.rounds::release;
		this.watchdog = new Watchdog(1000, this.reporter);
		this.watchdog.checks(new AbstractList<>() {

			@Override
			public Runnable get(int index) {
				return check;
			}

			@Override
			public int size() {
				return 1;
			}

			@Override
			public Iterator<Runnable> iterator() {
				if (failed.compareAndSet(false, true)) {
					throw new OutOfMemoryError("on purpose");
				}
				return super.iterator();
			}

		});
		this.watchdog.start();
		round();
		assertThat(failed).isTrue();
	}

	@Test
	void whenIntervalIsOverThenARoundIsMade() throws Exception {
		this.watchdog = watchdog(1000);
		this.watchdog.start();
		for (int i = 0; i < 5; i++) {
			round();
		}
	}

	@Test
	void whenAskedForARoundThenItBeginsByItself() throws Exception {
		this.watchdog.wakeBy(System.nanoTime());
		round();
	}

	@Test
	void whenAskedForARoundSoonThenItIsMade() throws Exception {
		startAndMakeRound();
		for (int i = 0; i < 20; i++) {
			this.watchdog.wakeBy(System.nanoTime() + i * 100_000);
			round();
		}
	}

	@Test
	void whenAskedForATimeThatIsPastThenARoundIsMade() throws Exception {
		startAndMakeRound();
		this.watchdog.wakeBy(System.nanoTime() - HOUR);
		round();
	}

	@Test
	void whenAskedForALaterRoundBeforeThenTheSoonerIsMadeAllTheSame() throws Exception {
		startAndMakeRound();
		this.watchdog.wakeBy(System.nanoTime() + HOUR / 2);
		this.watchdog.wakeBy(System.nanoTime() + 1000);
		round();
	}

	@Test
	void whenAskedForALaterRoundAfterwardsThenTheSoonerIsMadeAllTheSame() throws Exception {
		startAndMakeRound();
		this.watchdog.wakeBy(System.nanoTime() + 5_000_000);
		this.watchdog.wakeBy(System.nanoTime() + HOUR / 2);
		this.watchdog.wakeBy(System.nanoTime() + 100 * HOUR);
		round();
	}

	@Test
	void whenTheTimeIsBeyondTheClockThenSoonerOnesAreMade() throws Exception {
		startAndMakeRound();
		this.watchdog.wakeBy(System.nanoTime() + Long.MAX_VALUE);
		this.watchdog.wakeBy(System.nanoTime() + 1000);
		round();
	}

	@Test
	void whenACheckAsksForTheNextRoundThenThatIsMade() throws Exception {
		AtomicInteger left = new AtomicInteger(10);
		CountDownLatch done = new CountDownLatch(1);
		this.watchdog.checks(List.of(() -> {
			if (left.decrementAndGet() == 0) {
				done.countDown();
			}
			else {
				this.watchdog.wakeBy(System.nanoTime() + 1000);
			}
		}));
		this.watchdog.start();
		this.watchdog.wakeBy(System.nanoTime());
		assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
	}

	@Test
	void whenAskedDuringARoundThenAnotherIsMade() throws Exception {
		CountDownLatch inside = new CountDownLatch(1);
		CountDownLatch asked = new CountDownLatch(1);
		AtomicBoolean first = new AtomicBoolean(true);
		this.watchdog.checks(List.of(() -> {
			if (first.getAndSet(false)) {
				inside.countDown();
				pass(asked);
			}
			else {
				this.rounds.release();
			}
		}));
		this.watchdog.start();
		this.watchdog.wakeBy(System.nanoTime());
		pass(inside);
		this.watchdog.wakeBy(System.nanoTime());
		asked.countDown();
		round();
	}

	@Test
	void whenTheRoundThatWasAskedForIsMadeThenTheIntervalCountsAgain() throws Exception {
		startAndMakeRound();
		this.watchdog.wakeBy(System.nanoTime());
		round();
		await().atMost(Duration.ofSeconds(30)).until(() -> pause() == HOUR);
	}

	private long pause() throws ReflectiveOperationException {
		Method pause = Watchdog.class.getDeclaredMethod("pause");
		pause.setAccessible(true);
		return (long) pause.invoke(this.watchdog);
	}

	@Test
	void whenItsThreadIsInterruptedThenItGoesOn() throws Exception {
		startAndMakeRound();
		this.thread.get().interrupt();
		round();
		this.watchdog.wakeBy(System.nanoTime());
		round();
		assertThat(this.thread.get().isInterrupted()).isFalse();
	}

	@Test
	void whenACheckFailsThenTheOthersAndTheNextRoundAreMade() throws Exception {
		this.watchdog.checks(List.of(() -> {
			throw new OutOfMemoryError("on purpose");
		}, this.rounds::release));
		startAndMakeRound();
		this.watchdog.wakeBy(System.nanoTime());
		round();
	}

	@Test
	void whenStoppedThenItsThreadEndsAndNoneBeginsAgain() throws Exception {
		startAndMakeRound();
		this.watchdog.stop();
		Thread stopped = this.thread.get();
		stopped.join(30_000);
		assertThat(stopped.isAlive()).isFalse();
		this.rounds.drainPermits();
		this.watchdog.start();
		this.watchdog.wakeBy(System.nanoTime());
		assertThat(this.rounds.tryAcquire()).isFalse();
	}

	@Test
	void whenStoppedBeforeItStartedThenItNeverDoes() {
		this.watchdog.stop();
		this.watchdog.start();
		this.watchdog.wakeBy(System.nanoTime());
		assertThat(this.thread).hasValue(null);
	}

	@Test
	void whenNobodyRefersToItThenItsThreadEnds() throws Exception {
		Thread[] watcher = new Thread[1];
		Semaphore seen = new Semaphore(0);
		Watchdog forgotten = new Watchdog(1_000_000, this.reporter);
		forgotten.checks(List.of(() -> {
			watcher[0] = Thread.currentThread();
			seen.release();
		}));
		forgotten.start();
		assertThat(seen.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
		forgotten = null;
		while (watcher[0].isAlive()) {
			System.gc();
			watcher[0].join(10);
		}
	}

	private static void pass(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
