package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Drains the router when the context closes: after the web server has stopped, and before
 * executors and connection factories stop and beans are destroyed. The router remains
 * open, since running tasks may still emit. The {@link TelemetryRouterCloser} closes it
 * after them.
 * <p>
 * A context that is stopped or paused and may be restarted (a checkpoint, a cached test
 * context) only flushes the router, which remains running: a closed router cannot be
 * reopened, and an idle router uses no thread. A context that uses the router of its
 * parent only flushes it too.
 * <p>
 * Spring calls {@link #stop()} on the thread that closes the context. Spring's timeout of
 * a phase does not interrupt that call, so the timeout is enforced here.
 */
final class TelemetryRouterLifecycle implements SmartLifecycle {

	/**
	 * The web server stops at {@code DEFAULT_PHASE - 2048}, executors at
	 * {@code DEFAULT_PHASE / 2}.
	 */
	static final int PHASE = DEFAULT_PHASE - 4096;

	private static final Log routerLogger = LogFactory.getLog(TelemetryRouter.class);

	private static final Log logger = LogFactory.getLog(TelemetryRouterLifecycle.class);

	private final TelemetryRouter router;

	private final ConfigurableApplicationContext context;

	private final ShutdownTimeout timeout;

	private final ObjectProvider<StartDetail> details;

	private volatile boolean running;

	/** The end of the time to drain. Accessed by the thread that closes the context. */
	private @Nullable Long deadline;

	TelemetryRouterLifecycle(TelemetryRouter router, ConfigurableApplicationContext context, ShutdownTimeout timeout,
			ObjectProvider<StartDetail> details) {
		this.router = router;
		this.context = context;
		this.timeout = timeout;
		this.details = details;
	}

	@Override
	public void start() {
		this.running = true;
		if (this.timeout.isCapped()) {
			logger.warn(this.timeout);
		}
		if (routerLogger.isInfoEnabled() && isOwnRouter()) {
			report(this.router.snapshot());
		}
	}

	private void report(@Nullable RouterSnapshot snapshot) {
		// A mock returns null
		if (snapshot != null) {
			List<String> texts = new ArrayList<>();
			for (StartDetail detail : this.details.orderedStream().toList()) {
				texts.add(detail.describe());
			}
			routerLogger.info(StartReport.of(snapshot.handlers().values(), texts));
		}
	}

	@Override
	public void stop() {
		// A context that is stopped and then closed stops what is running only
		this.running = !this.context.isClosed();
		if (!this.running && isOwnRouter()) {
			drain();
			return;
		}
		Map<String, Long> pending = flush(deadline());
		if (!pending.isEmpty()) {
			logger.warn("Stopped with events of telemetry handlers still pending: " + pending);
		}
	}

	/**
	 * Drains the router of a context that closes. Resumes paused handlers. All calls
	 * together take no longer than the timeout.
	 */
	void drain() {
		if (this.deadline == null) {
			this.deadline = deadline();
		}
		handlers().forEach((handler) -> this.router.resume(handler.id()));
		flush(this.deadline);
	}

	private long deadline() {
		return System.nanoTime() + TimeUnit.NANOSECONDS.convert(this.timeout.effective());
	}

	/**
	 * Flushes the handlers and returns the pending events. Does not wait for paused
	 * handlers and those with stuck calls, which would not end before the deadline.
	 */
	private Map<String, Long> flush(long deadline) {
		Map<String, Long> pending = new LinkedHashMap<>();
		for (HandlerSnapshot handler : handlers()) {
			boolean waits = handler.status() != HandlerStatus.PAUSED && handler.stuckCalls().isEmpty();
			FlushResult result = this.router.flush(handler.id(),
					Duration.ofNanos(waits ? Math.max(0, deadline - System.nanoTime()) : 0));
			if (result != null) {
				pending.putAll(result.pendingByHandler());
			}
		}
		return pending;
	}

	private Collection<HandlerSnapshot> handlers() {
		@Nullable RouterSnapshot snapshot = this.router.snapshot();
		// A mock returns null
		return (snapshot != null) ? snapshot.handlers().values() : List.of();
	}

	private boolean isOwnRouter() {
		return this.context.getBeanFactory().getBeanNamesForType(TelemetryRouter.class).length > 0;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public int getPhase() {
		return PHASE;
	}

}
