package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongSupplier;

import com.google.common.util.concurrent.Uninterruptibles;
import com.sun.management.OperatingSystemMXBean;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;
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
 * Measures the journal: lines a second compared with Logback's rolling file appender, the
 * time of an emit, and replayed events a second. Contenders run in turn in each of
 * several rounds, so that load on the machine affects both sides of a ratio. Both write a
 * JSON line with the same payload, encoded by the same mapper, to files of 64 MiB,
 * without syncs.
 */
final class JournalSpeed {

	private static final String EVENT = "model.call.completed";

	/** A payload whose JSON has 300 bytes. */
	private static final Call PAYLOAD = new Call("gpt-4o", 812, 96, "x".repeat(236));

	private static final int QUEUE = 20_000;

	private static final int WARM_UP = 2;

	private static final OperatingSystemMXBean SYSTEM = (OperatingSystemMXBean) ManagementFactory
		.getOperatingSystemMXBean();

	private final JsonMapper mapper = JsonMapper.builder().build();

	private final int events;

	private final int rounds;

	/** Prevents the elimination of the reads. */
	private long seen;

	private JournalSpeed(int events, int rounds) {
		this.events = events;
		this.rounds = rounds;
	}

	/**
	 * Runs the measurements.
	 * @param args the number of events in a round; the number of rounds
	 * @throws IOException if files cannot be written
	 */
	public static void main(String[] args) throws IOException {
		// Chronicle Queue would report its use to its vendor.
		System.setProperty("chronicle.analytics.disable", "true");
		JournalSpeed speed = new JournalSpeed(Integer.parseInt(args[0]), Integer.parseInt(args[1]));
		print("payload, bytes", speed.mapper.writeValueAsBytes(PAYLOAD).length);
		for (String encoder : List.of("pattern", "JsonEncoder")) {
			String against = ", against Logback's " + encoder + ": events/s";
			for (int threads : List.of(1, 4)) {
				String count = (threads == 1) ? ", 1 thread" : ", " + threads + " threads";
				speed.compare("each line written before the emit returns" + count + against,
						(folder) -> speed.write(speed.journal(folder, JournalMode.SYNC), threads),
						(folder) -> speed.write(speed.logback(folder, encoder, true), threads));
			}
			speed.compare("through a queue, 1 thread" + against,
					(folder) -> speed.write(speed.journal(folder, JournalMode.ASYNC), 1),
					(folder) -> speed.write(speed.logback(folder, encoder, false), 1));
		}
		speed.compare("each line written before the emit returns, 1 thread, against Chronicle Queue: events/s",
				(folder) -> speed.write(speed.journal(folder, JournalMode.SYNC), 1),
				(folder) -> speed.write(speed.chronicle(folder), 1));
		speed.compare("through a queue, 1 thread, against Chronicle Queue without one: events/s",
				(folder) -> speed.write(speed.journal(folder, JournalMode.ASYNC), 1),
				(folder) -> speed.write(speed.chronicle(folder), 1));
		speed.compare("emit, asynchronous: ns, journal against a handler that does nothing",
				(folder) -> speed.emit(folder, JournalMode.ASYNC, true),
				(folder) -> speed.emit(folder, JournalMode.ASYNC, false));
		speed.compare("emit, synchronous: ns, journal against a handler that does nothing",
				(folder) -> speed.emit(folder, JournalMode.SYNC, true),
				(folder) -> speed.emit(folder, JournalMode.SYNC, false));
		speed.replay("code", (folder) -> new TelemetryReplayer(folder).replay(JournalQuery.all(),
				(line) -> speed.seen += line.sequence()));
		speed.replay("a handler of records", speed::replayToHandler);
	}

	private void compare(String what, Function<Path, Speed> ours, Function<Path, Speed> theirs) throws IOException {
		Numbers numbers = new Numbers();
		// The first rounds warm up.
		for (int round = -WARM_UP; round < this.rounds; round++) {
			Speed one = inFolder(ours);
			Speed other = inFolder(theirs);
			if (round >= 0) {
				numbers.add("ours", one.value());
				numbers.add("theirs", other.value());
				numbers.add("our processor time", one.processorNanos());
				numbers.add("their processor time", other.processorNanos());
			}
		}
		print(what, numbers, "ours", "theirs");
		print("  processor time, ns an event", numbers, "our processor time", "their processor time");
	}

	private static void print(String what, Numbers numbers, String ours, String theirs) {
		Statistics ratio = numbers.compare(ours, theirs, (one, other) -> one / other);
		print(what, numbers.median(ours), numbers.median(theirs), ratio.getPercentile(50));
		print("  ratio, lowest and highest", ratio.getMin(), ratio.getMax());
	}

	private static void print(String what, double... values) {
		List<String> texts = new ArrayList<>();
		for (double value : values) {
			texts.add(String.format(Locale.ROOT, (value < 1000) ? "%.3f" : "%,.0f", value));
		}
		System.out.println(what + ": " + String.join(" | ", texts));
	}

	private static <T> T inFolder(Function<Path, T> measurement) throws IOException {
		Path folder = Files.createTempDirectory("journal-speed");
		try {
			return measurement.apply(folder);
		}
		finally {
			FileSystemUtils.deleteRecursively(folder);
		}
	}

	private static Journal open(Path folder) {
		return Journal.open(JournalOptions.in(folder).fsync(Fsync.NEVER).retentionSize(8L << 30).build());
	}

	private static HandlerSpec<Object> handler(Journal journal, JournalMode mode) {
		HandlerSpec<Object> spec = journal.handler(mode);
		return (mode == JournalMode.SYNC) ? spec : spec.mutate().maxQueue(QUEUE).overflow(OverflowPolicy.BLOCK).build();
	}

	/**
	 * Not derived from the journal's specification, which has the journal as its
	 * recorder.
	 */
	private static HandlerSpec<Object> idle(JournalMode mode) {
		HandlerSpec.Builder<Object> spec = HandlerSpec.on("**");
		if (mode == JournalMode.ASYNC) {
			spec.async().maxQueue(QUEUE).overflow(OverflowPolicy.BLOCK);
		}
		return spec.eventHandler((event) -> {
		}).build();
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

	private Writer logback(Path folder, String encoder, boolean immediate) {
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
	private Speed write(Writer writer, int threads) {
		long processor = SYSTEM.getProcessCpuTime();
		long start = System.nanoTime();
		inParallel(threads, () -> {
			for (int i = 0; i < this.events / threads; i++) {
				writer.write().run();
			}
		});
		writer.drain().run();
		Speed speed = new Speed(this.events * 1e9 / (System.nanoTime() - start), processorNanos(processor));
		require(writer.close().getAsLong() == this.events);
		return speed;
	}

	/** Returns the processor time of an event since a start. */
	private double processorNanos(long start) {
		return (SYSTEM.getProcessCpuTime() - start) / (double) this.events;
	}

	/**
	 * Returns the nanoseconds of an emit, in batches that fit into the queue; flushes are
	 * not timed.
	 */
	private Speed emit(Path folder, JournalMode mode, boolean journalled) {
		TelemetryRouter router = TelemetryRouter.builder().build();
		try (Journal journal = open(folder)) {
			router.subscribe(journalled ? handler(journal, mode) : idle(mode));
			long nanos = 0;
			long processor = SYSTEM.getProcessCpuTime();
			int batch = QUEUE / 20;
			for (int i = 0; i < this.events; i += batch) {
				long start = System.nanoTime();
				for (int j = 0; j < batch; j++) {
					router.emit(EVENT, PAYLOAD);
				}
				nanos += System.nanoTime() - start;
				router.flush(Duration.ofMinutes(5));
			}
			Speed speed = new Speed((double) nanos / this.events, processorNanos(processor));
			router.close();
			return speed;
		}
	}

	private void replay(String to, Function<Path, ReplayReport> replay) throws IOException {
		inFolder((folder) -> {
			write(journal(folder, JournalMode.ASYNC), 1);
			ListStatistics perSecond = new ListStatistics();
			ListStatistics processorTime = new ListStatistics();
			for (int round = -WARM_UP; round < this.rounds; round++) {
				long processor = SYSTEM.getProcessCpuTime();
				long start = System.nanoTime();
				ReplayReport report = replay.apply(folder);
				double seconds = (System.nanoTime() - start) / 1e9;
				double nanos = processorNanos(processor);
				require(report.replayed() == this.events && report.unreadable() == 0);
				if (round >= 0) {
					perSecond.addValue(report.replayed() / seconds);
					processorTime.addValue(nanos);
				}
			}
			print("replay to " + to + ": processor time, ns an event", processorTime.getPercentile(50));
			print("replay to " + to + ", from a warm cache: events/s, median, lowest, highest",
					perSecond.getPercentile(50), perSecond.getMin(), perSecond.getMax());
			return folder;
		});
	}

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
	private record Writer(Runnable write, Runnable drain, LongSupplier close) {
	}

	/** Events a second or nanoseconds an emit, and processor time an event. */
	private record Speed(double value, double processorNanos) {
	}

	private record Call(String model, int inputTokens, int outputTokens, String text) {
	}

}
