package io.telemetryrouter.internal.dispatch;

import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.PayloadCheck;
import io.telemetryrouter.PayloadViolationException;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.StuckCallCheck;
import io.telemetryrouter.internal.support.Throttle;

/**
 * The payload checks by event name. A route has the check of its event.
 */
public final class PayloadChecks {

	/** The callback by which the watchdog observes running checks. */
	public final StuckCallCheck.Callback callback = new StuckCallCheck.Callback("Payload check");

	private final Map<String, Guarded> checks = new HashMap<>();

	public PayloadChecks(Map<String, PayloadCheck> checks, Reporter reporter) {
		checks.forEach((event, check) -> this.checks.put(event,
				new Guarded(event, check, reporter, this.callback.handlerNumber(), new Throttle())));
	}

	@Nullable Guarded of(String event) {
		return this.checks.get(event);
	}

	/** Checks the payload of an event that has no route yet. */
	void run(String event, @Nullable Object payload) {
		Guarded check = of(event);
		if (check != null) {
			check.run(payload);
		}
	}

	record Guarded(String event, PayloadCheck check, Reporter reporter, long number, Throttle reports) {

		/**
		 * Checks a payload. Reports the problem that the check returns, and rethrows a
		 * {@link PayloadViolationException} to the emitter. Other exceptions are only
		 * reported.
		 */
		void run(@Nullable Object payload) {
			DispatchStack stack = DispatchStacks.current();
			if (stack != null && stack.isRunning(this.number, this.event)) {
				// The check emits its own event, and would run without end
				return;
			}
			try {
				String problem = DispatchStacks.inside(this.event, (frame) -> {
					frame.running(this.number);
					return this.check.check(payload);
				});
				if (problem != null) {
					this.reporter.payloadWrong(this.event, problem, this.reports);
				}
			}
			catch (PayloadViolationException ex) {
				throw ex;
			}
			catch (Throwable ex) {
				this.reporter.callbackFailed("Payload check", ex);
			}
		}

	}

}
