package io.telemetryrouter.internal.support;

import java.time.Duration;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class DurationsTests {

	@ParameterizedTest
	@CsvSource({ "PT0S, 0 ms", "PT-0.25S, -250 ms", "PT-2M-3.6S, -2 min 3.6 s", "PT0.0000521S, 0.052 ms",
			"PT0.0005S, 0.5 ms", "PT0.0009999S, 1 ms", "PT0.005S, 5 ms", "PT0.01404S, 14 ms", "PT0.1S, 100 ms",
			"PT0.9999S, 999.9 ms", "PT0.99996S, 1 s", "PT1S, 1 s", "PT2.0046S, 2 s", "PT3.64S, 3.6 s",
			"PT59.94S, 59.9 s", "PT59.96S, 1 min", "PT2M, 2 min", "PT2M3.602018785S, 2 min 3.6 s", "PT59M59.97S, 1 h",
			"PT1H5M10S, 1 h 5 min", "PT1H59M45S, 2 h", "P2D, 48 h" })
	void whenDurationIsPrintedThenItReadsNaturally(Duration duration, String text) {
		assertThat(Durations.printable(duration.toNanos())).isEqualTo(text);
	}

}
