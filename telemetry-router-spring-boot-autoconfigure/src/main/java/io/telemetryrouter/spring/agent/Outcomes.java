package io.telemetryrouter.spring.agent;

import java.time.Duration;

import io.telemetryrouter.agent.Failure;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Retrieval;
import io.telemetryrouter.agent.ToolCall;

/**
 * Creates the payloads of failed and cancelled calls from the payload of their start.
 */
final class Outcomes {

	private Outcomes() {
	}

	static String nameOf(Object started) {
		if (started instanceof ModelCall) {
			return "model.call";
		}
		return (started instanceof ToolCall) ? "tool.call" : "retrieval";
	}

	static Object failed(Object started, Duration duration, Failure failure) {
		if (started instanceof ModelCall.Started model) {
			return new ModelCall.Failed(model, duration, failure);
		}
		if (started instanceof ToolCall.Started tool) {
			return new ToolCall.Failed(tool, duration, failure);
		}
		return new Retrieval.Failed((Retrieval.Started) started, duration, failure);
	}

	static Object cancelled(Object started, Duration duration) {
		if (started instanceof ModelCall.Started model) {
			return new ModelCall.Cancelled(model, duration);
		}
		if (started instanceof ToolCall.Started tool) {
			return new ToolCall.Cancelled(tool, duration);
		}
		return new Retrieval.Cancelled((Retrieval.Started) started, duration);
	}

}
