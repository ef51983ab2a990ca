package io.telemetryrouter.benchmarks;

import io.telemetryrouter.TelemetryEventType;

/**
 * Usage of one call of a tool or model: the payload of every benchmark.
 *
 * @param model the model's name
 * @param inputTokens the tokens read
 * @param outputTokens the tokens written
 * @param nanos the duration of the call in nanoseconds
 */
@TelemetryEventType(Usage.EVENT)
public record Usage(String model, int inputTokens, int outputTokens, long nanos) {

	public static final String EVENT = "agent.tool.execution";

	/** Returns a payload that the compiler cannot treat as a constant. */
	static Usage sample() {
		return new Usage("model-1", (int) (System.nanoTime() & 1023) + 1, 17, 1_000_000);
	}

}
