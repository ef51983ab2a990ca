package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

import com.sun.management.OperatingSystemMXBean;
import net.openhft.chronicle.queue.ChronicleQueue;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.ExcerptTailer;
import tools.jackson.databind.json.JsonMapper;

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
public final class JournalSpeed {

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

	/** Processor time of the process in the last measurement, in nanoseconds. */
	private long processorNanos;

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
		for (LogbackFile.Layout layout : LogbackFile.Layout.values()) {
			String against = ", against Logback's " + layout.title + ": events/s";
			speed.compare("each line written before the emit returns, 1 thread" + against,
					(folder) -> speed.journal(folder, JournalMode.SYNC, 1),
					(folder) -> speed.logback(folder, layout, true, 1));
			speed.compare("each line written before the emit returns, 4 threads" + against,
					(folder) -> speed.journal(folder, JournalMode.SYNC, 4),
					(folder) -> speed.logback(folder, layout, true, 4));
			speed.compare("through a queue, 1 thread" + against,
					(folder) -> speed.journal(folder, JournalMode.ASYNC, 1),
					(folder) -> speed.logback(folder, layout, false, 1));
		}
		speed.compare("each line written before the emit returns, 1 thread, against Chronicle Queue: events/s",
				(folder) -> speed.journal(folder, JournalMode.SYNC, 1), speed::chronicle);
		speed.compare("through a queue, 1 thread, against Chronicle Queue without one: events/s",
				(folder) -> speed.journal(folder, JournalMode.ASYNC, 1), speed::chronicle);
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

	private void compare(String what, ToDoubleFunction<Path> ours, ToDoubleFunction<Path> theirs) throws IOException {
		double[][] measured = new double[6][this.rounds];
		// The first rounds warm up.
		for (int round = -WARM_UP; round < this.rounds; round++) {
			double one = inFolder(ours);
			double oneProcessor = this.processorNanos / (double) this.events;
			double other = inFolder(theirs);
			double otherProcessor = this.processorNanos / (double) this.events;
			if (round >= 0) {
				double[] values = { one, other, one / other, oneProcessor, otherProcessor,
						oneProcessor / otherProcessor };
				for (int i = 0; i < values.length; i++) {
					measured[i][round] = values[i];
				}
			}
		}
		print(what, medians(measured, 0));
		print("  ratio, lowest and highest", extremes(measured[2]));
		print("  processor time, ns an event", medians(measured, 3));
		print("  ratio, lowest and highest", extremes(measured[5]));
	}

	private static double[] medians(double[][] measured, int from) {
		return Stream.of(measured).skip(from).limit(3).mapToDouble(JournalSpeed::median).toArray();
	}

	private static double[] extremes(double[] values) {
		return new double[] { DoubleStream.of(values).min().orElseThrow(),
				DoubleStream.of(values).max().orElseThrow() };
	}

	/** Returns the nanoseconds since a start, and sets {@code processorNanos}. */
	private long since(long start, long processorStart) {
		this.processorNanos = SYSTEM.getProcessCpuTime() - processorStart;
		return System.nanoTime() - start;
	}

	private static double median(double[] values) {
		double[] sorted = values.clone();
		Arrays.sort(sorted);
		return sorted[sorted.length / 2];
	}

	private static void print(String what, double... values) {
		List<String> texts = new ArrayList<>();
		for (double value : values) {
			texts.add(String.format(Locale.ROOT, (value < 1000) ? "%.3f" : "%,.0f", value));
		}
		System.out.println(what + ": " + String.join(" | ", texts));
	}

	private static double inFolder(ToDoubleFunction<Path> measurement) throws IOException {
		Path folder = Files.createTempDirectory("journal-speed");
		try {
			return measurement.applyAsDouble(folder);
		}
		finally {
			try (Stream<Path> files = Files.walk(folder)) {
				for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
					Files.delete(file);
				}
			}
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

	private double journal(Path folder, JournalMode mode, int threads) {
		TelemetryRouter router = TelemetryRouter.builder().blockTimeout(Duration.ofMinutes(1)).build();
		try (Journal journal = open(folder)) {
			router.subscribe(handler(journal, mode));
			long processor = SYSTEM.getProcessCpuTime();
			long start = System.nanoTime();
			inParallel(threads, this.events, (i) -> router.emit("model.call.completed", PAYLOAD));
			router.flush(Duration.ofMinutes(5));
			double perSecond = this.events * 1e9 / since(start, processor);
			router.close();
			require(journal.status().written() == this.events);
			return perSecond;
		}
	}

	private double logback(Path folder, LogbackFile.Layout layout, boolean immediate, int threads) {
		LogbackFile file = new LogbackFile(folder, layout, immediate, QUEUE);
		long processor = SYSTEM.getProcessCpuTime();
		long start = System.nanoTime();
		inParallel(threads, this.events, (i) -> file.log(this.mapper.writeValueAsString(PAYLOAD)));
		// Waits until the queue is empty.
		file.close();
		double perSecond = this.events * 1e9 / since(start, processor);
		require(file.lines() == this.events);
		return perSecond;
	}

	private double chronicle(Path folder) {
		try (ChronicleQueue queue = ChronicleQueue.single(folder.toString())) {
			long processor = SYSTEM.getProcessCpuTime();
			long start = System.nanoTime();
			try (ExcerptAppender appender = queue.createAppender()) {
				for (int i = 0; i < this.events; i++) {
					appender.writeText(this.mapper.writeValueAsString(PAYLOAD));
				}
			}
			double perSecond = this.events * 1e9 / since(start, processor);
			long read = 0;
			try (ExcerptTailer tailer = queue.createTailer()) {
				while (tailer.readText() != null) {
					read++;
				}
			}
			require(read == this.events);
			return perSecond;
		}
	}

	/**
	 * Returns the nanoseconds of an emit, in batches that fit into the queue; flushes are
	 * not timed.
	 */
	private double emit(Path folder, JournalMode mode, boolean journalled) {
		TelemetryRouter router = TelemetryRouter.builder().build();
		try (Journal journal = open(folder)) {
			router.subscribe(journalled ? handler(journal, mode) : idle(mode));
			long nanos = 0;
			long processor = SYSTEM.getProcessCpuTime();
			int batch = QUEUE / 20;
			for (int i = 0; i < this.events; i += batch) {
				long start = System.nanoTime();
				for (int j = 0; j < batch; j++) {
					router.emit("model.call.completed", PAYLOAD);
				}
				nanos += System.nanoTime() - start;
				router.flush(Duration.ofMinutes(5));
			}
			since(0, processor);
			router.close();
			return (double) nanos / this.events;
		}
	}

	private void replay(String to, Function<Path, ReplayReport> replay) throws IOException {
		inFolder((folder) -> {
			journal(folder, JournalMode.ASYNC, 1);
			double[] perSecond = new double[this.rounds];
			double[] processorTime = new double[this.rounds];
			for (int round = -WARM_UP; round < this.rounds; round++) {
				long processor = SYSTEM.getProcessCpuTime();
				long start = System.nanoTime();
				ReplayReport report = replay.apply(folder);
				double seconds = since(start, processor) / 1e9;
				require(report.replayed() == this.events && report.unreadable() == 0);
				processorTime[Math.max(0, round)] = this.processorNanos / (double) this.events;
				perSecond[Math.max(0, round)] = report.replayed() / seconds;
			}
			Arrays.sort(perSecond);
			print("replay to " + to + ": processor time, ns an event", median(processorTime));
			print("replay to " + to + ", from a warm cache: events/s, median, lowest, highest",
					perSecond[this.rounds / 2], perSecond[0], perSecond[this.rounds - 1]);
			return 0;
		});
	}

	private ReplayReport replayToHandler(Path folder) {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(HandlerSpec.on("model.call.completed")
				.payloadType(Call.class)
				.replay(true)
				.handler((event, call) -> this.seen += call.inputTokens())
				.build());
			return new TelemetryReplayer(folder, router, this.mapper, List.of(), List.of())
				.replayToHandlers(JournalQuery.all(), Pacing.fullSpeed());
		}
	}

	private static void inParallel(int threads, int events, IntConsumer action) {
		List<Thread> all = new ArrayList<>();
		for (int thread = 0; thread < threads; thread++) {
			all.add(new Thread(() -> {
				for (int i = 0; i < events / threads; i++) {
					action.accept(i);
				}
			}));
		}
		all.forEach(Thread::start);
		for (Thread thread : all) {
			try {
				thread.join();
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	private static void require(boolean complete) {
		if (!complete) {
			throw new IllegalStateException("Events are missing");
		}
	}

	private record Call(String model, int inputTokens, int outputTokens, String text) {
	}

}
