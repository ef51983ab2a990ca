package io.telemetryrouter.spring.annotation;

import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.annotation.MethodCaller.Call;

/**
 * Calls a method and waits for the completion of its result. A result of {@code null}
 * cannot be waited for; the first one is logged.
 */
final class CompletingCall implements Call {

	private static final Log logger = LogFactory.getLog(TelemetryListenerProcessor.class);

	private final Call call;

	private final Completion completion;

	private final ListenerMethod method;

	private final AtomicBoolean reported = new AtomicBoolean();

	CompletingCall(Call call, Completion completion, ListenerMethod method) {
		this.call = call;
		this.completion = completion;
		this.method = method;
	}

	@Override
	public @Nullable Object call(@Nullable Object first, @Nullable Object second) throws Exception {
		Object result = this.call.call(first, second);
		if (result != null) {
			this.completion.await(result);
		}
		else if (!this.reported.getAndSet(true)) {
			logger.warn("Method '" + this.method.source() + "' of bean '" + this.method.beanName()
					+ "' returned null instead of a " + this.method.method().getReturnType().getSimpleName()
					+ ", so its events count as handled when it returns. Return one that completes when the event has"
					+ " been handled.");
		}
		return null;
	}

}
