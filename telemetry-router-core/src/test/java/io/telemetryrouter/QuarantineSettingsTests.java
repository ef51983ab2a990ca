package io.telemetryrouter;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class QuarantineSettingsTests extends SickHandler {

	@Test
	void whenSettingsAreTheOutermostThatMakeSenseThenTheyAreTaken() {
		QuarantineSettings settings = QuarantineSettings.defaults()
			.withFailures(1)
			.withFailureRate(1, Duration.ofNanos(1), 1)
			.withDelay(SECOND, SECOND);
		assertThat(settings).isEqualTo(new QuarantineSettings(true, 1, 1.0, Duration.ofNanos(1), 1, SECOND, SECOND));
	}

	@Test
	void whenSettingsMakeNoSenseThenMessageNamesValue() {
		QuarantineSettings settings = QuarantineSettings.defaults();
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailures(0))
			.withMessage("'failures' must be positive, but is 0");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(1.5, SECOND, 1))
			.withMessage("'failureRate' must be greater than 0 and at most 1, but is 1.5");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(0, SECOND, 1))
			.withMessage("'failureRate' must be greater than 0 and at most 1, but is 0.0");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(Double.NaN, SECOND, 1));
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(0.5, Duration.ZERO, 1))
			.withMessage("'window' must be positive, but is 0 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withFailureRate(0.5, SECOND, 0))
			.withMessage("'minimumCalls' must be positive, but is 0");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withDelay(Duration.ZERO, SECOND))
			.withMessage("'delay' must be positive, but is 0 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> settings.withDelay(SECOND, Duration.ofMillis(1)))
			.withMessage("'maxDelay' must not be shorter than 'delay', which is 1 s, but is 1 ms");
	}

}
