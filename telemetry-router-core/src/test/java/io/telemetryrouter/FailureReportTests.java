package io.telemetryrouter;

import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thread of the router reports failures: neither an exception that is slow to print nor
 * a slow log delays the emitter.
 */
class FailureReportTests {

	/** How often the emitter may ask an exception for anything. */
	private static final int FEW = 20;

	private final Journal journal = new Journal();

	private final TelemetryRouter router = TelemetryRouter.builder()
		.logger(this.journal)
		.quarantine(QuarantineSettings.disabled())
		.build();

	private final CountDownLatch hang = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
	}

	/**
	 * Exceptions that are slow to print.
	 */
	enum Hostile {

		/** Each cause has another one. */
		ENDLESS_CAUSE {

			@Override
			RuntimeException create(Asked asked) {
				return new Counting(asked, () -> create(asked));
			}

		},

		/** The cause of the last one is the first one. */
		CYCLIC_CAUSE {

			@Override
			RuntimeException create(Asked asked) {
				Counting[] ring = new Counting[1000];
				for (int i = 0; i < ring.length; i++) {
					int next = (i + 1) % ring.length;
					ring[i] = new Counting(asked, () -> ring[next]);
				}
				return ring[0];
			}

		},

		/** The chain of causes has an end, which is far away. */
		LONG_CAUSE {

			@Override
			RuntimeException create(Asked asked) {
				RuntimeException last = new Counting(asked, () -> null);
				for (int i = 0; i < 20_000; i++) {
					RuntimeException cause = last;
					last = new Counting(asked, () -> cause);
				}
				return last;
			}

		},

		/** There are many more exceptions in it, each with many more in it. */
		MANY_SUPPRESSED {

			@Override
			RuntimeException create(Asked asked) {
				RuntimeException root = new Counting(asked, () -> null);
				for (int i = 0; i < 100; i++) {
					RuntimeException suppressed = new Counting(asked, () -> null);
					for (int j = 0; j < 20; j++) {
						suppressed.addSuppressed(new Counting(asked, () -> null));
					}
					root.addSuppressed(suppressed);
				}
				return root;
			}

		};

		abstract RuntimeException create(Asked asked);

	}

	@ParameterizedTest
	@EnumSource
	void whenExceptionTakesLongToPrintThenTheEmitterDoesNotPrintIt(Hostile hostile) {
		Asked asked = new Asked();
		RuntimeException exception = hostile.create(asked);
		subscribeFailing(HandlerMode.SYNC, () -> exception);
		this.router.emit("event", "secret");
		assertThat(asked.by(Thread.currentThread())).isLessThanOrEqualTo(FEW);
		assertReported();
	}

	@ParameterizedTest
	@EnumSource
	void whenExceptionTakesLongToPrintThenTheLaneDoesNotPrintItEither(Hostile hostile) throws Exception {
		Asked asked = new Asked();
		RuntimeException exception = hostile.create(asked);
		Thread[] lane = new Thread[1];
		subscribeFailing(HandlerMode.ASYNC, () -> {
			lane[0] = Thread.currentThread();
			return exception;
		});
		this.router.emitAsync("event", "secret").get(30, TimeUnit.SECONDS);
		assertReported();
		assertThat(asked.by(lane[0])).isLessThanOrEqualTo(FEW);
	}

	@ParameterizedTest
	@EnumSource
	void whenExceptionTakesLongToPrintThenTheNextFailuresAreReportedAllTheSame(Hostile hostile) {
		RuntimeException exception = hostile.create(new Asked());
		this.router.subscribe(HandlerSpec.on("event").id("first").handler((event, payload) -> {
			throw exception;
		}).build());
		subscribeFailing(HandlerMode.SYNC, () -> new IllegalStateException("on purpose"));
		this.router.emit("event", "secret");
		assertReported();
		Books.eventually(() -> !this.journal.lines("'first' failed").isEmpty());
	}

	@ParameterizedTest
	@EnumSource
	void whenExceptionTakesLongToPrintThenItIsShownInTheSnapshot(Hostile hostile) {
		RuntimeException exception = hostile.create(new Asked());
		subscribeFailing(HandlerMode.SYNC, () -> exception);
		this.router.emit("event", "secret");
		assertThat(this.router.handlerSnapshot("failing").lastFailure().type()).isEqualTo(Counting.class.getName());
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerFailsThenAnotherThreadWritesTheReport(HandlerMode mode) {
		Thread[] failing = new Thread[1];
		subscribeFailing(mode, () -> {
			failing[0] = Thread.currentThread();
			return new IllegalStateException("on purpose");
		});
		this.router.emit("event", "secret");
		assertReported();
		Line line = this.journal.lines("'failing' failed").get(0);
		assertThat(line.thread).isNotIn(failing[0], Thread.currentThread());
		assertThat(line.thread.isDaemon()).isTrue();
	}

	@Test
	void whenLogHangsThenTheEmitterDoesNot() throws InterruptedException {
		this.journal.hang = this.hang;
		subscribeFailing(HandlerMode.SYNC, () -> new IllegalStateException("on purpose"));
		Thread emitter = new Thread(() -> {
			for (int i = 0; i < 1000; i++) {
				this.router.emit("event", i);
			}
		});
		emitter.start();
		Books.eventually(() -> !this.journal.hanging.isEmpty());
		assertThat(this.journal.hanging).doesNotContain(emitter);
		emitter.join();
		assertThat(Books.of(this.router, "failing").failed()).isEqualTo(1000);
	}

	@Test
	void whenRouterClosesThenWhatFailedBeforeIsReportedFirst() {
		int handlers = 50;
		for (int i = 0; i < handlers; i++) {
			this.router.subscribe(HandlerSpec.on("event").id("failing " + i).handler((event, payload) -> {
				throw new IllegalStateException("on purpose");
			}).build());
		}
		this.router.emit("event", 1);
		this.router.close();
		assertThat(this.journal.lines(" failed on event 'event'")).hasSize(handlers);
		assertThat(this.journal.all.get(this.journal.all.size() - 1).message).contains("router closed in");
	}

	@Test
	void whenMessageIsTextOfTheUsersThenItIsAskedForAtMostOnceByTheEmitter() {
		AtomicInteger asked = new AtomicInteger();
		Thread emitter = Thread.currentThread();
		subscribeFailing(HandlerMode.SYNC, () -> new IllegalStateException() {

			private static final long serialVersionUID = 1;

			@Override
			public String getMessage() {
				if (Thread.currentThread() == emitter) {
					asked.incrementAndGet();
				}
				return "on purpose";
			}

		});
		this.router.emit("event", 1);
		assertReported();
		assertThat(asked).hasValueLessThanOrEqualTo(1);
	}

	private void subscribeFailing(HandlerMode mode, Supplier<RuntimeException> exception) {
		this.router.subscribe(HandlerSpec.on("event").id("failing").mode(mode).handler((event, payload) -> {
			throw exception.get();
		}).build());
	}

	private void assertReported() {
		Books.eventually(() -> !this.journal.lines("'failing' failed on event 'event'").isEmpty());
		assertThat(this.journal.lines("secret")).isEmpty();
	}

	/**
	 * Counts the calls of exception methods by thread.
	 */
	static final class Asked {

		private final ConcurrentHashMap<Thread, Integer> counts = new ConcurrentHashMap<>();

		void count() {
			this.counts.merge(Thread.currentThread(), 1, Integer::sum);
		}

		int by(Thread thread) {
			return this.counts.getOrDefault(thread, 0);
		}

	}

	private static final class Counting extends RuntimeException {

		private static final long serialVersionUID = 1;

		private final transient Asked asked;

		private final transient Supplier<@Nullable RuntimeException> cause;

		Counting(Asked asked, Supplier<@Nullable RuntimeException> cause) {
			super("on purpose", null, true, true);
			setStackTrace(new StackTraceElement[0]);
			this.asked = asked;
			this.cause = cause;
		}

		@Override
		public synchronized @Nullable Throwable getCause() {
			this.asked.count();
			return this.cause.get();
		}

		@Override
		public String getMessage() {
			this.asked.count();
			return "on purpose";
		}

		@Override
		public String toString() {
			this.asked.count();
			return "Counting";
		}

	}

	private record Line(String message, Thread thread) {
	}

	/**
	 * Records log lines and the threads that log them.
	 */
	private static final class Journal implements System.Logger {

		private final List<Line> all = new CopyOnWriteArrayList<>();

		private final List<Thread> hanging = new CopyOnWriteArrayList<>();

		private volatile @Nullable CountDownLatch hang;

		List<Line> lines(String text) {
			return this.all.stream().filter((line) -> line.message.contains(text)).toList();
		}

		@Override
		public String getName() {
			return "journal";
		}

		@Override
		public boolean isLoggable(Level level) {
			return true;
		}

		@Override
		public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
			this.all.add(new Line(message, Thread.currentThread()));
			CountDownLatch latch = this.hang;
			if (latch != null) {
				this.hanging.add(Thread.currentThread());
				Books.pass(latch);
			}
		}

		@Override
		public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... params) {
			log(level, bundle, format, (Throwable) null);
		}

	}

}
