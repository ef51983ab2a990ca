package io.telemetryrouter.spring.langchain4j;

import java.lang.reflect.Method;
import java.util.Collections;
import java.util.Map;
import java.util.UUID;
import java.util.WeakHashMap;

import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.TokenStream;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedRun;
import io.telemetryrouter.spring.agent.RunDescription;

/**
 * The runs of AI services that have not ended. A stream that is never started, or is
 * cancelled, has no end that LangChain4j tells: its run goes from here with its
 * invocation, whose id is one object through all its events, and is then reported as a
 * span that dangles.
 */
final class AiServiceRuns {

	private final AgentTelemetry telemetry;

	private final Map<UUID, AiServiceRun> runs = Collections.synchronizedMap(new WeakHashMap<>());

	AiServiceRuns(AgentTelemetry telemetry) {
		this.telemetry = telemetry;
	}

	void start(InvocationContext invocation, Class<?> service) {
		// A listener that is registered twice is told twice
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
		return this.runs.remove(invocation.invocationId());
	}

	int size() {
		return this.runs.size();
	}

	private static @Nullable String conversationId(InvocationContext invocation) {
		Object id = invocation.chatMemoryId();
		// What LangChain4j gives to a service without memory ids
		return (id == null || id.equals("default")) ? null : id.toString();
	}

	/**
	 * Says whether a method answers by a stream. Of an overloaded one it is not known
	 * which was called, and one that may is enough.
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
