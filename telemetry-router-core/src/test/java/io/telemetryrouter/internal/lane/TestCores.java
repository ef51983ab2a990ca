package io.telemetryrouter.internal.lane;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.RouterSettings;

/**
 * Makes the inside of a router without the router.
 */
final class TestCores {

	private TestCores() {
	}

	static RouterCore withEventNames(int maxEventNames) {
		return new RouterCore(new RouterSettings(1000, 0, OverflowPolicy.DROP_NEWEST, Duration.ofMillis(100),
				Duration.ofMillis(5), 32, 1000, maxEventNames, 1000, Duration.ofSeconds(1), true, 0, null, null,
				List.of(), List.of(), System.getLogger("test"), InstantSource.system(), System::nanoTime,
				QuarantineSettings.defaults(), Duration.ofSeconds(10), Duration.ZERO));
	}

}
