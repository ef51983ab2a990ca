package io.telemetryrouter.spring.langchain4j;

import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedCall;

/**
 * Reports calls of one kind that go through a proxy. A call inside another one on the
 * same thread is a part of it and not reported: a model may delegate to another model, a
 * retriever to several.
 */
final class SurroundedCalls {

	private final AgentTelemetry telemetry;

	private final ThreadLocal<Boolean> inside = new ThreadLocal<>();

	SurroundedCalls(AgentTelemetry telemetry) {
		this.telemetry = telemetry;
	}

	/**
	 * Runs a call and reports it. Events emitted during the call belong to its run.
	 * @param code the call
	 * @param start reports its start
	 * @param end reports its end, with the result
	 * @return the result
	 */
	@Nullable Object call(Code code, Supplier<ObservedCall> start, BiConsumer<ObservedCall, @Nullable Object> end)
			throws Throwable {
		if (this.inside.get() != null) {
			return code.run();
		}
		ObservedCall call = start(start);
		this.inside.set(true);
		Object result;
		try {
			result = code.run();
		}
		catch (Throwable ex) {
			this.inside.remove();
			end(call, (started) -> started.end(ex));
			throw ex;
		}
		this.inside.remove();
		end(call, (started) -> end.accept(started, result));
		return result;
	}

	private @Nullable ObservedCall start(Supplier<ObservedCall> start) {
		@Nullable ObservedCall[] call = new ObservedCall[1];
		this.telemetry.guard(LangChain4jTelemetry.FRAMEWORK, () -> {
			ObservedCall started = start.get();
			call[0] = started;
			started.bind();
		});
		return call[0];
	}

	private void end(@Nullable ObservedCall call, Consumer<ObservedCall> end) {
		if (call != null) {
			this.telemetry.guard(LangChain4jTelemetry.FRAMEWORK, () -> call.endBy(() -> end.accept(call)));
		}
	}

	/** The call itself. */
	@FunctionalInterface
	interface Code {

		@Nullable Object run() throws Throwable;

	}

}
