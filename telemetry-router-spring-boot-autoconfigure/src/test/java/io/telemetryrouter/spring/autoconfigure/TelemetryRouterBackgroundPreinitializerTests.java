package io.telemetryrouter.spring.autoconfigure;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.support.SpringFactoriesLoader;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class TelemetryRouterBackgroundPreinitializerTests {

	@Test
	void whenBootPreinitializesThenNobodyNoticesTheRouter(CapturedOutput output) throws Exception {
		List<BackgroundPreinitializer> registered = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(BackgroundPreinitializer.class);
		BackgroundPreinitializer own = registered.stream()
			.filter(TelemetryRouterBackgroundPreinitializer.class::isInstance)
			.findFirst()
			.orElseThrow();
		// The start reports it, once.
		System.setProperty("telemetry-router.no-such-property", "1");
		try {
			own.preinitialize();
		}
		finally {
			System.clearProperty("telemetry-router.no-such-property");
		}
		assertThat(output).doesNotContainIgnoringCase("telemetry");
	}

}
