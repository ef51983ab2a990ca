package io.telemetryrouter.benchmarks;

/**
 * Shows a contender all classes of handlers before it is measured with one, so that no
 * compiler takes the benchmark's one handler for the only one there is. The same for all.
 */
final class Pollution {

	/** The name of events that pollute. */
	static final String EVENT = "pollution.of.profiles";

	private static final int EVENTS = 20_000;

	private Pollution() {
	}

	static void run(Runnable emit) {
		for (int i = 0; i < EVENTS; i++) {
			emit.run();
		}
	}

}
