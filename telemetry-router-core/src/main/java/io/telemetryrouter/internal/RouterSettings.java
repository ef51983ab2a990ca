package io.telemetryrouter.internal;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadCheck;
import io.telemetryrouter.QuarantineSettings;

/**
 * The settings collected by {@link io.telemetryrouter.TelemetryRouterBuilder}, which
 * documents each of them.
 */
public record RouterSettings(int maxHandlerQueue, int defaultPriority, OverflowPolicy overflow, Duration blockTimeout,
		Duration slowThreshold, int maxDepth, int maxNestedEmits, int maxEventNames, int registrationWarningThreshold,
		Duration shutdownTimeout, boolean measureLatency, int holdEvents, BooleanSupplier blockingAllowed,
		@Nullable Executor laneExecutor, @Nullable ContextCarrier contextCarrier,
		List<HandlerErrorListener> errorListeners, List<HandlerSpecCustomizer> specCustomizers,
		Map<String, PayloadCheck> payloadChecks, System.Logger logger, InstantSource clock,
		@Nullable LongSupplier nanoTime, QuarantineSettings quarantine, Duration stuckThreshold,
		Duration handlerTimeout, Duration spanDanglingAfter, Predicate<String> criticalEvents) {
}
