package io.telemetryrouter;

import java.util.stream.LongStream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rule 6 under combined load: regardless of the failures of handlers and the state of the
 * router, each event ends in exactly one counter of each account, and the accounts equal
 * the calls of the handlers.
 * <p>
 * {@code -Dconservation.runs=1000} executes more runs, {@code -Dconservation.seed=42}
 * begins with another seed; with {@code -Dconservation.runs=1} that repeats a single run.
 */
@Tag("stress")
class ConservationTests {

	static LongStream seeds() {
		long first = Long.getLong("conservation.seed", 1);
		return LongStream.range(first, first + Long.getLong("conservation.runs", 50));
	}

	@ParameterizedTest(name = "seed {0}")
	@MethodSource("seeds")
	void whenAnythingHappensThenEveryAccountBalancesAndEqualsWhatHandlersCounted(long seed) throws Exception {
		ConservationRun run = new ConservationRun(seed);
		try {
			run.play();
			run.verify();
		}
		catch (Exception | AssertionError ex) {
			throw new AssertionError("Repeat with -Dconservation.seed=" + seed + " -Dconservation.runs=1: " + run, ex);
		}
	}

}
