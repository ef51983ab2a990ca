package io.telemetryrouter.benchmarks.isolation;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The router survives every scenario of the isolation kit, and the kit can tell.
 */
class HostilityTests {

	/** Generous: it only bounds what must come. */
	private static final Duration LIMIT = Duration.ofSeconds(60);

	// Held, since java.util.logging only refers to its loggers weakly.
	private static final Logger logger = Logger.getLogger("io.telemetryrouter.TelemetryRouter");

	/**
	 * Handlers leave these on the emitter's thread, as any method that it calls would.
	 */
	private static final Set<Hostility> VISIBLE_TO_EMITTER = EnumSet.of(Hostility.INTERRUPTS, Hostility.CLASS_LOADER,
			Hostility.MDC_ENTRIES, Hostility.THREAD_LOCALS);

	/** Lanes clean what every thread has; a context carrier may clean the rest. */
	private static final Set<Hostility> VISIBLE_ON_LANE = EnumSet.of(Hostility.MDC_ENTRIES, Hostility.THREAD_LOCALS);

	@BeforeAll
	static void silence() {
		logger.setLevel(Level.OFF);
	}

	@AfterAll
	static void speak() {
		logger.setLevel(null);
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "HANGS", "CONTEXT" })
	void whenSyncHandlerIsHostileThenEmitterAndNeighboursAreUnharmed(Hostility hostility) {
		Verdict verdict = hostility.play(Peer.ROUTER, false, LIMIT);
		assertThat(verdict.outcome()).as(verdict.detail()).isEqualTo(Verdict.Outcome.SURVIVED);
		assertThat(verdict.detail().isEmpty()).as(verdict.detail())
			.isNotEqualTo(VISIBLE_TO_EMITTER.contains(hostility));
	}

	@ParameterizedTest
	@EnumSource
	void whenAsyncHandlerIsHostileThenEmitterAndNeighboursAreUnharmed(Hostility hostility) {
		Verdict verdict = hostility.play(Peer.ROUTER, true, LIMIT);
		assertThat(verdict.outcome()).as(verdict.detail()).isEqualTo(Verdict.Outcome.SURVIVED);
		if (!VISIBLE_ON_LANE.contains(hostility)) {
			assertThat(verdict.detail()).isEmpty();
		}
	}

	@Test
	void whenEmitterGetsExceptionThenKitTells() {
		assertThat(Hostility.UNCHECKED.play(Peer.SPRING, false, LIMIT))
			.isEqualTo(Verdict.failed("emitter gets `IllegalStateException`"));
	}

	@Test
	void whenHandlersNeverStopThenKitTells() {
		assertThat(Hostility.EMITS_ITSELF.play(Peer.GREENROBOT, false, LIMIT))
			.isEqualTo(Verdict.failed("handlers never stop"));
	}

	@Test
	void whenEmitterHangsThenKitTells() {
		assertThat(Hostility.HANGS.play(Peer.OBSERVATION, false, Duration.ofMillis(1)))
			.isEqualTo(Verdict.failed("emitter hangs"));
	}

	@Test
	void whenNeighboursMissEventsThenKitTells() {
		Verdict verdict = Hostility.HANGS.play(Peer.GUAVA, true, Duration.ofMillis(100));
		assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.FAILED);
		assertThat(verdict.detail()).startsWith("a neighbour misses");
	}

	@Test
	void whenContenderHasNothingOfTheKindThenKitTells() {
		assertThat(Hostility.FLUSHES.play(Peer.GUAVA, false, LIMIT)).isEqualTo(Verdict.NOT_APPLICABLE);
	}

}
