package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;

/**
 * The time to drain queued events at shutdown: the router's property, limited by Spring's
 * timeout of a shutdown phase.
 *
 * @param configured the value of the router's property
 * @param phase Spring's timeout, or {@code null} if there is none
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
				+ ", so queued telemetry events have only that time." + " Raise the latter, or lower the former.";
	}

}
