package io.telemetryrouter.benchmarks.isolation;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.logging.LogManager;

import org.slf4j.MDC;

import io.telemetryrouter.benchmarks.Child;

/**
 * Plays every hostile scenario against the router and its peers, and prints who survives
 * what as a page of Markdown. Each contender has a process of its own, one for
 * synchronous and one for asynchronous handlers.
 *
 * @since 0.1.0
 */
public final class Isolation {

	/**
	 * How long the emitter may take, and events may take to arrive: far more than they
	 * need.
	 */
	private static final Duration LIMIT = Duration.ofSeconds(5);

	private static final String OUTCOME = ".outcome";

	private static final String DETAIL = ".detail";

	private Isolation() {
	}

	/**
	 * Plays and prints.
	 * @param args none; the name of a peer and whether its handlers are asynchronous in
	 * processes of its own
	 * @throws IOException if a process fails
	 */
	public static void main(String[] args) throws IOException {
		if (args.length == 0) {
			System.out.println(page());
		}
		else {
			PrintStream results = System.out;
			// What contenders say goes elsewhere
			System.setOut(System.err);
			LogManager.getLogManager().reset();
			// Starts the logging system, which takes a while
			MDC.clear();
			play(Peer.valueOf(args[0]), Boolean.parseBoolean(args[1])).store(results, null);
			results.flush();
		}
		// Threads of peers that still hang may not be daemons
		System.exit(0);
	}

	private static Properties play(Peer peer, boolean async) {
		Properties verdicts = new Properties();
		for (Hostility hostility : Hostility.values()) {
			if (isPlayed(hostility, peer, async)) {
				Verdict verdict = hostility.play(peer, async, LIMIT);
				verdicts.setProperty(hostility.name() + OUTCOME, verdict.outcome().name());
				verdicts.setProperty(hostility.name() + DETAIL, verdict.detail());
			}
		}
		return verdicts;
	}

	/**
	 * Returns whether a scenario makes sense. What hangs on the emitter's thread holds
	 * the emitter, whoever called it: that scenario is for asynchronous handlers, and for
	 * those who have none.
	 * @param hostility the scenario
	 * @param peer the contender
	 * @param async whether handlers are asynchronous
	 * @return whether to play it
	 */
	private static boolean isPlayed(Hostility hostility, Peer peer, boolean async) {
		return hostility != Hostility.HANGS || async || !peer.isAsync();
	}

	private static String page() {
		ExecutorService pool = Executors.newFixedThreadPool(2);
		List<CompletableFuture<Properties>> sync = start(pool, false);
		List<CompletableFuture<Properties>> async = start(pool, true);
		StringBuilder page = new StringBuilder("JDK ").append(Runtime.version())
			.append("\n\n## Synchronous handlers\n\n");
		append(page, sync);
		page.append("\n## Asynchronous handlers\n\n");
		append(page, async);
		return page.toString();
	}

	private static List<CompletableFuture<Properties>> start(ExecutorService pool, boolean async) {
		List<CompletableFuture<Properties>> results = new ArrayList<>();
		for (Peer peer : Peer.values()) {
			results.add(CompletableFuture.supplyAsync(() -> run(peer, async), pool));
		}
		return results;
	}

	private static Properties run(Peer peer, boolean async) {
		try {
			return Child.run(Child.home(), Isolation.class, List.of("-Xmx128m"), peer.name(), String.valueOf(async));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void append(StringBuilder page, List<CompletableFuture<Properties>> results) {
		row(page, "a handler that", (peer) -> peer.title);
		row(page, "---", (peer) -> "---");
		for (Hostility hostility : Hostility.values()) {
			row(page, hostility.title, (peer) -> cell(results.get(peer.ordinal()).join(), hostility));
		}
		row(page, "**survived**", (peer) -> total(results.get(peer.ordinal()).join()));
	}

	private static void row(StringBuilder page, String first, Function<Peer, String> cells) {
		page.append("| ").append(first).append(" |");
		for (Peer peer : Peer.values()) {
			page.append(' ').append(cells.apply(peer)).append(" |");
		}
		page.append('\n');
	}

	private static String cell(Properties verdicts, Hostility hostility) {
		String outcome = verdicts.getProperty(hostility.name() + OUTCOME, Verdict.Outcome.NOT_APPLICABLE.name());
		String detail = verdicts.getProperty(hostility.name() + DETAIL, "");
		return switch (Verdict.Outcome.valueOf(outcome)) {
			case SURVIVED -> detail.isEmpty() ? "yes" : "yes; " + detail;
			case FAILED -> "**no**: " + detail;
			case NOT_APPLICABLE -> "–";
		};
	}

	private static String total(Properties verdicts) {
		int survived = 0;
		int played = 0;
		for (Hostility hostility : Hostility.values()) {
			String outcome = verdicts.getProperty(hostility.name() + OUTCOME, "");
			survived += outcome.equals(Verdict.Outcome.SURVIVED.name()) ? 1 : 0;
			played += (outcome.equals(Verdict.Outcome.SURVIVED.name()) || outcome.equals(Verdict.Outcome.FAILED.name()))
					? 1 : 0;
		}
		return "**" + survived + " of " + played + "**";
	}

}
