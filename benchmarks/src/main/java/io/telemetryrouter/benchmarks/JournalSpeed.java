package io.telemetryrouter.benchmarks;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import ch.qos.logback.core.joran.spi.JoranException;
import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.management.OperatingSystemMXBean;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.FileSystemUtils;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.Fsync;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalMode;
import io.telemetryrouter.journal.JournalOptions;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.Pacing;
import io.telemetryrouter.journal.ReplayReport;
import io.telemetryrouter.journal.TelemetryReplayer;

/**
 * Measures a journal, or what it is compared with: lines a second, the time of an emit,
 * or replayed events a second, and the processor time of an event. Contenders write a
 * JSON line with the same payload, encoded by the same mapper, to files of 64 MiB,
 * without syncs.
 */
final class JournalSpeed {

	private static final String EVENT = "model.call.completed";

	/** A payload whose JSON has 300 bytes. */
	private static final Call PAYLOAD = new Call("gpt-4o", 812, 96, "x".repeat(236));

	private static final int QUEUE = 20_000;

	private static final int WARM_UP = 5;

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private final JsonMapper mapper = JsonMapper.builder().build();

	private final int events;

	/** Prevents the elimination of the reads. */
	private long seen;

	private JournalSpeed(int events) {
		this.events = events;
	}

	/**
	 * Runs a measurement.
	 * @param args the number of events; then "write", a contender, its mode, and a number
	 * of threads; or "emit", "journal" or "idle", and its mode; or "replay", and "code"
	 * or "handler"
	 */
	public static void main(String[] args) throws Exception {
		// Chronicle Queue would report its use to its vendor.
		System.setProperty("chronicle.analytics.disable", "true");
		JournalSpeed speed = new JournalSpeed(Integer.parseInt(args[0]));
		Speed measured = switch (args[1]) {
			case "write" -> afterWarmUp(() -> inFolder((folder) -> speed
				.write(speed.writer(folder, args[2], JournalMode.valueOf(args[3])), Integer.parseInt(args[4]))));
			case "emit" -> afterWarmUp(() -> inFolder(
					(folder) -> speed.emit(folder, args[2].equals("journal"), JournalMode.valueOf(args[3]))));
			case "replay" -> inFolder((folder) -> {
				speed.write(speed.journal(folder, JournalMode.ASYNC), 1);
				return afterWarmUp(() -> speed.replay(folder, args[2].equals("code")));
			});
			default -> throw new IllegalArgumentException(args[1]);
		};
		Numbers.print(measured.unit(), measured.value());
		Numbers.print("cpu.nanos", measured.processorNanos());
	}

	private static Speed afterWarmUp(Callable<Speed> measurement) throws Exception {
		for (int i = 0; i < WARM_UP; i++) {
			measurement.call();
		}
		return measurement.call();
	}

	private static Speed inFolder(InFolder measurement) throws Exception {
		Path folder = Files.createTempDirectory("journal-speed");
		try {
			return measurement.call(folder);
		}
		finally {
			FileSystemUtils.deleteRecursively(folder);
		}
	}

	private static Journal open(Path folder) {
		return Journal.open(JournalOptions.in(folder).fsync(Fsync.NEVER).retentionSize(8L << 30).build());
	}

	private static HandlerSpec<Object> handler(Journal journal, JournalMode mode) {
		return withQueue(journal.handler(mode).mutate(), mode).build();
	}

	/**
	 * Not derived from the journal's specification, which has the journal as its
	 * recorder.
	 */
	private static HandlerSpec<Object> idle(JournalMode mode) {
		return withQueue(HandlerSpec.on("**"), mode).eventHandler((event) -> {
		}).build();
	}

	private static HandlerSpec.Builder<Object> withQueue(HandlerSpec.Builder<Object> spec, JournalMode mode) {
		return (mode == JournalMode.SYNC) ? spec : spec.async().maxQueue(QUEUE).overflow(OverflowPolicy.BLOCK);
	}

	private Writer writer(Path folder, String by, JournalMode mode) throws JoranException {
		return switch (by) {
			case "journal" -> journal(folder, mode);
			case "chronicle" -> chronicle(folder);
			default -> logback(folder, by, mode == JournalMode.SYNC);
		};
	}

	private Writer journal(Path folder, JournalMode mode) {
		TelemetryRouter router = TelemetryRouter.builder().blockTimeout(Duration.ofMinutes(1)).build();
		Journal journal = open(folder);
		router.subscribe(handler(journal, mode));
		return new Writer(() -> router.emit(EVENT, PAYLOAD), () -> router.flush(Duration.ofMinutes(5)), () -> {
			router.close();
			long written = journal.status().written();
			journal.close();
			return written;
		});
	}

	private Writer logback(Path folder, String encoder, boolean immediate) throws JoranException {
		LogbackFile file = new LogbackFile(folder, encoder, immediate, QUEUE);
		return new Writer(() -> file.log(this.mapper.writeValueAsString(PAYLOAD)), file::close, file::lines);
	}

	private Writer chronicle(Path folder) {
		ChronicleQueue queue = ChronicleQueue.single(folder.toString());
		ExcerptAppender appender = queue.createAppender();
		return new Writer(() -> appender.writeText(this.mapper.writeValueAsString(PAYLOAD)), appender::close, () -> {
			long read = 0;
			try (queue; ExcerptTailer tailer = queue.createTailer()) {
				while (tailer.readText() != null) {
					read++;
				}
			}
			return read;
		});
	}

	/** Returns the events a second that several threads write. */
	private Speed write(Writer writer, int threads) throws Exception {
		Clock clock = new Clock();
		inParallel(threads, () -> {
			for (int i = 0; i < this.events / threads; i++) {
				writer.write().run();
			}
		});
		writer.drain().run();
		Speed speed = clock.perSecond(this.events);
		require(writer.close().call() == this.events);
		return speed;
	}

	/**
	 * Returns the nanoseconds of an emit, in batches that fit into the queue; flushes are
	 * not timed.
	 */
	private Speed emit(Path folder, boolean journalled, JournalMode mode) {
		try (Journal journal = open(folder); TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journalled ? handler(journal, mode) : idle(mode));
			Clock clock = new Clock();
			double nanos = 0;
			int batch = QUEUE / 20;
			for (int i = 0; i < this.events; i += batch) {
				long start = System.nanoTime();
				for (int j = 0; j < batch; j++) {
					router.emit(EVENT, PAYLOAD);
				}
				nanos += System.nanoTime() - start;
				router.flush(Duration.ofMinutes(5));
			}
			return new Speed("nanos", nanos / this.events, clock.perSecond(this.events).processorNanos());
		}
	}

	/** Returns the events a second that are replayed, from a warm cache. */
	private Speed replay(Path folder, boolean toCode) {
		Clock clock = new Clock();
		ReplayReport report = toCode
				? new TelemetryReplayer(folder).replay(JournalQuery.all(), (line) -> this.seen += line.sequence())
				: replayToHandler(folder);
		Speed speed = clock.perSecond(this.events);
		require(report.replayed() == this.events && report.unreadable() == 0);
		return speed;
	}

	/** Replays to a handler of records. */
	private ReplayReport replayToHandler(Path folder) {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(HandlerSpec.on(EVENT)
				.payloadType(Call.class)
				.replay(true)
				.handler((event, call) -> this.seen += call.inputTokens())
				.build());
			return new TelemetryReplayer(folder, router, this.mapper, List.of(), List.of())
				.replayToHandlers(JournalQuery.all(), Pacing.fullSpeed());
		}
	}

	/** Runs an action on this thread and on others. */
	private static void inParallel(int threads, Runnable action) {
		List<Thread> others = new ArrayList<>();
		for (int i = 1; i < threads; i++) {
			others.add(new Thread(action));
		}
		others.forEach(Thread::start);
		action.run();
		others.forEach(Uninterruptibles::joinUninterruptibly);
	}

	private static void require(boolean complete) {
		if (!complete) {
			throw new IllegalStateException("Events are missing");
		}
	}

	/**
	 * A writer of events, given by its operations: it writes one, waits until all are
	 * written, and closes with their number.
	 */
	private record Writer(Runnable write, Runnable drain, Callable<Long> close) {
	}

	/** A start, in time and in processor time. */
	private static final class Clock {

		private final long processor = SYSTEM.getProcessCpuTime();

		private final long start = System.nanoTime();

		Speed perSecond(double events) {
			return new Speed("per.second", events * 1e9 / (System.nanoTime() - this.start),
					(SYSTEM.getProcessCpuTime() - this.processor) / events);
		}

	}

	/** Events a second or nanoseconds an emit, and the processor time of an event. */
	private record Speed(String unit, double value, double processorNanos) {
	}

	private interface InFolder {

		Speed call(Path folder) throws Exception;

	}

	private record Call(String model, int inputTokens, int outputTokens, String text) {
	}

}
