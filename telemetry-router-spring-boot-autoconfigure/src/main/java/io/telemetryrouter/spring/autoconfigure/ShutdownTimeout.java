package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;

/**
 * How long queued events have to finish: what the router's property says, but no longer
 * than Spring allows a shutdown phase to take.
 *
 * @param configured what the router's property says
 * @param phase what Spring allows, or {@code null} if it sets no limit
 */
record ShutdownTimeout(Duration configured, @Nullable Duration phase) {

	static ShutdownTimeout of(TelemetryRouterProperties properties, ObjectProvider<LifecycleProperties> lifecycle) {
		LifecycleProperties lifecycleProperties = lifecycle.getIfAvailable();
		return new ShutdownTimeout(properties.getShutdownTimeout(),
				(lifecycleProperties != null) ? lifecycleProperties.getTimeoutPerShutdownPhase() : null);
	}

	Duration effective() {
		return (isCapped() && this.phase != null) ? this.phase : this.configured;
	}

	boolean isCapped() {
		return this.phase != null && this.phase.compareTo(this.configured) < 0;
	}

	@Override
	public String toString() {
		return "Property 'telemetry-router.shutdown-timeout' is " + LogText.duration(this.configured)
				+ ", but 'spring.lifecycle.timeout-per-shutdown-phase' ends a shutdown phase after "
				+ ((this.phase != null) ? LogText.duration(this.phase) : "no time")
				+ ": queued telemetry events get no more." + " Set the latter higher, or the former lower.";
	}

}
