package io.telemetryrouter.internal.health;

import java.lang.System.Logger.Level;
import java.util.List;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A writer, and a log that keeps its lines and can hang.
 */
abstract class RecordedLog {

	static final long LONG = TimeUnit.MINUTES.toNanos(1);

	final Log log = new Log();

	@AfterEach
	void open() {
		this.log.open.countDown();
	}

	static void pass(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	static final class Log implements System.Logger {

		final List<String> lines = new CopyOnWriteArrayList<>();

		final List<Throwable> errors = new CopyOnWriteArrayList<>();

		final Set<Thread> threads = ConcurrentHashMap.newKeySet();

		final List<@Nullable ClassLoader> loaders = new CopyOnWriteArrayList<>();

		final List<String> failures = new CopyOnWriteArrayList<>();

		final CountDownLatch hanging = new CountDownLatch(1);

		final CountDownLatch open = new CountDownLatch(1);

		volatile boolean hangs;

		volatile Runnable whenLinesAreLeftOut = () -> {
		};

		volatile boolean refusesErrors;

		volatile @Nullable ThreadLocal<@Nullable String> context;

		void hang() {
			this.hangs = true;
		}

		@Override
		public String getName() {
			return "log";
		}

		@Override
		public boolean isLoggable(Level level) {
			return true;
		}

		@Override
		public void log(Level level, @Nullable ResourceBundle bundle, String message, @Nullable Throwable thrown) {
			if (this.refusesErrors && thrown != null) {
				throw new IllegalStateException("on purpose");
			}
			write(level, message);
			if (thrown != null) {
				this.errors.add(thrown);
			}
		}

		@Override
		public void log(Level level, @Nullable ResourceBundle bundle, String format, @Nullable Object... arguments) {
			write(level, format);
		}

		void write(Level level, String message) {
			this.threads.add(Thread.currentThread());
			this.loaders.add(Thread.currentThread().getContextClassLoader());
			if (this.hangs) {
				this.hanging.countDown();
				pass(this.open);
			}
			if (message.contains("left out")) {
				this.whenLinesAreLeftOut.run();
			}
			String line = level + " " + message;
			if (this.failures.contains(line)) {
				throw new IllegalStateException("on purpose");
			}
			ThreadLocal<@Nullable String> known = this.context;
			String value = (known != null) ? known.get() : null;
			this.lines.add((value != null) ? line + " [" + value + "]" : line);
		}

	}

}
