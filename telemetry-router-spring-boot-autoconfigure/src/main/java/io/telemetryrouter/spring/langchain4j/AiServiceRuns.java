package io.telemetryrouter.spring.langchain4j;

import java.lang.reflect.Method;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.function.Predicate;

import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.TokenStream;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedRun;
import io.telemetryrouter.spring.agent.RunDescription;
import io.telemetryrouter.spring.langchain4j.AiServiceRun.Issued;

/**
 * The runs of AI services that have not ended, weakly keyed by invocation id, which is
 * the same object in all events of an invocation. LangChain4j does not report the end of
 * a stream that is never started or is cancelled: its run is removed when the invocation
 * is garbage-collected, and then reported as a dangling span.
 */
final class AiServiceRuns {

	private final AgentTelemetry telemetry;

	private final Map<UUID, AiServiceRun> runs = Collections.synchronizedMap(new WeakHashMap<>());

	AiServiceRuns(AgentTelemetry telemetry) {
		this.telemetry = telemetry;
	}

	void start(InvocationContext invocation, Class<?> service) {
		// A listener that is registered twice is called twice
		if (!this.runs.containsKey(invocation.invocationId())) {
			ObservedRun run = this.telemetry.startRun(new RunDescription(LangChain4jTelemetry.FRAMEWORK,
					invocation.invocationId().toString(), service.getSimpleName() + "." + invocation.methodName(),
					conversationId(invocation), isStreaming(service, invocation.methodName()), null));
			this.runs.put(invocation.invocationId(), new AiServiceRun(run));
		}
	}

	@Nullable AiServiceRun get(@Nullable InvocationContext invocation) {
		return (invocation != null && invocation.invocationId() != null) ? this.runs.get(invocation.invocationId())
				: null;
	}

	@Nullable AiServiceRun end(InvocationContext invocation) {
		AiServiceRun run = this.runs.remove(invocation.invocationId());
		if (run != null) {
			run.issued(null);
		}
		return run;
	}

	/**
	 * Returns the run whose pending request satisfies a condition, or null if there is
	 * none.
	 */
	@Nullable AiServiceRun waiting(Predicate<Issued> condition) {
		synchronized (this.runs) {
			for (AiServiceRun run : this.runs.values()) {
				if (run.isWaiting(condition)) {
					return run;
				}
			}
		}
		return null;
	}

	int size() {
		return this.runs.size();
	}

	private static @Nullable String conversationId(InvocationContext invocation) {
		Object id = invocation.chatMemoryId();
		// LangChain4j's memory id of a service without memory ids
		return (id == null || id.equals("default")) ? null : id.toString();
	}

	/**
	 * Returns whether a method returns a stream. For an overloaded method, whose called
	 * overload is not known, one overload that does is enough.
	 */
	private static boolean isStreaming(Class<?> service, @Nullable String method) {
		for (Method candidate : service.getMethods()) {
			Class<?> type = candidate.getReturnType();
			if (candidate.getName().equals(method) && (type == TokenStream.class || isPublisher(type))) {
				return true;
			}
		}
		return false;
	}

	private static boolean isPublisher(Class<?> type) {
		for (Class<?> candidate = type; candidate != null; candidate = candidate.getSuperclass()) {
			if (candidate.getName().endsWith(".Publisher")) {
				return true;
			}
			for (Class<?> implemented : candidate.getInterfaces()) {
				if (isPublisher(implemented)) {
					return true;
				}
			}
		}
		return false;
	}

}
