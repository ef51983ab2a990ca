package io.telemetryrouter.benchmarks.isolation;

import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.logging.LogManager;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.slf4j.MDC;

/**
 * Runs every hostile scenario with the router and its peers, and prints the verdicts as a
 * page of Markdown. Each contender has a process of its own, one for synchronous and one
 * for asynchronous handlers.
 */
public final class Isolation {

	/** Time limit of the emitter and of the delivery, far above the usual time. */
	private static final Duration LIMIT = Duration.ofSeconds(5);

	private Isolation() {
	}

	/**
	 * Runs the scenarios and prints the page.
	 * @param args none; in a child process the name of a peer, and whether its handlers
	 * are asynchronous
	 * @throws Exception if a process fails
	 */
	public static void main(String[] args) throws Exception {
		if (args.length == 0) {
			printPage();
		}
		else {
			PrintStream results = System.out;
			// The output of contenders must not mix with the results.
			System.setOut(System.err);
			LogManager.getLogManager().reset();
			// Initializes the logging system, which takes a while.
			MDC.clear();
			play(Peer.valueOf(args[0]), Boolean.parseBoolean(args[1])).store(results, null);
			results.flush();
		}
		// Hanging threads of peers may be non-daemon threads.
		System.exit(0);
	}

	private static Properties play(Peer peer, boolean async) {
		Properties verdicts = new Properties();
		for (Hostility hostility : Hostility.values()) {
			// A synchronous handler that hangs blocks the emitter of any contender, so
			// it is played only where there are no asynchronous handlers.
			boolean played = hostility != Hostility.HANGS || async || !peer.isAsync();
			verdicts.setProperty(hostility.name(),
					(played ? hostility.play(peer, async, LIMIT) : Verdict.NOT_APPLICABLE).toString());
		}
		return verdicts;
	}

	private static void printPage() throws ExecutionException, InterruptedException {
		ExecutorService pool = Executors.newFixedThreadPool(2);
		List<Future<Properties>> sync = start(pool, false);
		List<Future<Properties>> async = start(pool, true);
		System.out.println("JDK " + Runtime.version() + "\n\n### Synchronous handlers\n");
		print(sync);
		System.out.println("\n### Asynchronous handlers\n");
		print(async);
	}

	private static List<Future<Properties>> start(ExecutorService pool, boolean async) {
		return Stream.of(Peer.values()).map((peer) -> pool.submit(() -> run(peer, async))).toList();
	}

	/** Runs this class in a process, and returns its output. */
	private static Properties run(Peer peer, boolean async) throws IOException {
		Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx128m", "-cp",
				System.getProperty("java.class.path"), Isolation.class.getName(), peer.name(), String.valueOf(async))
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		process.onExit().orTimeout(5, TimeUnit.MINUTES).exceptionally((timeout) -> process.destroyForcibly());
		Properties verdicts = new Properties();
		// Ends with the process.
		try (Reader reader = process.inputReader()) {
			verdicts.load(reader);
		}
		if (verdicts.size() != Hostility.values().length) {
			throw new IOException("No verdicts on " + peer);
		}
		return verdicts;
	}

	private static void print(List<Future<Properties>> results) throws ExecutionException, InterruptedException {
		List<Properties> verdicts = new ArrayList<>();
		for (Future<Properties> result : results) {
			verdicts.add(result.get());
		}
		row("a handler that", Stream.of(Peer.values()).map((peer) -> peer.title));
		row("---", verdicts.stream().map((peer) -> "---"));
		for (Hostility hostility : Hostility.values()) {
			row(hostility.title, verdicts.stream().map((peer) -> peer.getProperty(hostility.name())));
		}
		row("**survived**", verdicts.stream().map(Properties::values).map((peer) -> {
			long survived = peer.stream().filter((verdict) -> verdict.toString().startsWith("yes")).count();
			return "**%d of %d**".formatted(survived,
					peer.size() - Collections.frequency(peer, Verdict.NOT_APPLICABLE.toString()));
		}));
	}

	private static void row(String first, Stream<String> cells) {
		System.out.println(Stream.concat(Stream.of(first), cells).collect(Collectors.joining(" | ", "| ", " |")));
	}

}
