package io.telemetryrouter.internal.registry;

import java.lang.StackWalker.StackFrame;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.internal.health.Reporter;

/**
 * Counts active handlers by the call site that registered them. Reports a call site once
 * when it has too many handlers: most likely it does not close its subscriptions.
 */
public final class CallSites {

	private static final String OWN_PACKAGE = "io.telemetryrouter.internal.";

	private static final StackWalker WALKER = StackWalker.getInstance();

	private final Reporter reporter;

	private final int threshold;

	private final ConcurrentHashMap<String, Integer> active = new ConcurrentHashMap<>();

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	public CallSites(Reporter reporter, int threshold) {
		this.reporter = reporter;
		this.threshold = threshold;
	}

	/** Returns the call site in the user's code that is calling the router. */
	public static String caller() {
		return WALKER.walk((frames) -> frames.filter(CallSites::isForeign).findFirst().map(CallSites::describe))
			.orElse("unknown code");
	}

	private static boolean isForeign(StackFrame frame) {
		String name = frame.getClassName();
		return !name.startsWith(OWN_PACKAGE) && !name.equals(TelemetryRouter.class.getName());
	}

	private static String describe(StackFrame frame) {
		return frame.getClassName() + "." + frame.getMethodName() + " (" + frame.getFileName() + ":"
				+ frame.getLineNumber() + ")";
	}

	/** Counts a handler. Called before the handler can be removed. */
	void added(String source) {
		this.active.merge(source, 1, Integer::sum);
	}

	/** Reports a call site that has too many handlers, once. */
	void check(String source) {
		int count = this.active.getOrDefault(source, 0);
		if (count > this.threshold && this.reported.add(source)) {
			this.reporter.registrationGrowth(source, count);
		}
	}

	void removed(String source) {
		this.active.computeIfPresent(source, (key, count) -> (count > 1) ? count - 1 : null);
	}

}
