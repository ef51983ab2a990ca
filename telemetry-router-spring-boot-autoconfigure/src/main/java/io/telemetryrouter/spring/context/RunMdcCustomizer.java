package io.telemetryrouter.spring.context;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

import io.telemetryrouter.EventHandler;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.RunContext;

/**
 * Puts the id of an event's run into the logging context (MDC) under the key
 * {@value #KEY} while a handler runs. The previous entry is restored afterwards.
 *
 * @since 0.1.0
 */
public final class RunMdcCustomizer implements HandlerSpecCustomizer {

	/**
	 * The entry's key.
	 */
	public static final String KEY = "runId";

	@Override
	public HandlerSpec<?> customize(HandlerSpec<?> spec) {
		return wrap(spec);
	}

	@SuppressWarnings("unchecked")
	private static <T> HandlerSpec<T> wrap(HandlerSpec<T> spec) {
		PayloadHandler<? super T> payloadHandler = spec.payloadHandler();
		// Safe: the handler only reads from the event.
		EventHandler<T> eventHandler = (EventHandler<T>) spec.eventHandler();
		if (payloadHandler != null) {
			return spec.mutate()
				.handler((event, payload) -> inRun(() -> payloadHandler.handle(event, payload)))
				.build();
		}
		return (eventHandler != null)
				? spec.mutate().eventHandler((event) -> inRun(() -> eventHandler.handle(event))).build() : spec;
	}

	private static void inRun(Call call) throws Exception {
		RunContext context = RunContext.current();
		String runId = (context != null) ? context.runId() : null;
		if (runId == null) {
			call.run();
			return;
		}
		String before = MDC.get(KEY);
		MDC.put(KEY, runId);
		try {
			call.run();
		}
		finally {
			putBack(before);
		}
	}

	private static void putBack(@Nullable String before) {
		if (before != null) {
			MDC.put(KEY, before);
		}
		else {
			MDC.remove(KEY);
		}
	}

	private interface Call {

		void run() throws Exception;

	}

}
