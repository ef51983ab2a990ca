package io.telemetryrouter.spring.autoconfigure;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Drains the router while everything that handlers use still works: after the web server
 * has stopped taking requests, before executors and connection factories stop and before
 * any bean is destroyed.
 * <p>
 * A context that closes closes its router. One that is only stopped or paused, to be
 * started again (a checkpoint, a cached test context), flushes it: a closed router cannot
 * be opened again, and an idle one holds no thread. A router that belongs to a parent
 * context is flushed in either case, never closed.
 * <p>
 * Spring calls {@link #stop()} on the thread that closes the context, and goes on when it
 * returns: its own limit on a phase interrupts nobody, so the time is kept here.
 */
final class TelemetryRouterLifecycle implements SmartLifecycle {

	/**
	 * The web server stops at {@code DEFAULT_PHASE - 2048}; executors stop at half of it.
	 */
	static final int PHASE = DEFAULT_PHASE - 4096;

	private static final Log routerLogger = LogFactory.getLog(TelemetryRouter.class);

	private static final Log logger = LogFactory.getLog(TelemetryRouterLifecycle.class);

	private final TelemetryRouter router;

	private final ConfigurableApplicationContext context;

	private final ShutdownTimeout timeout;

	private final ObjectProvider<StartDetail> details;

	private volatile boolean running;

	private boolean reported;

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
		if (!this.reported && routerLogger.isInfoEnabled() && isOwnRouter()) {
			this.reported = true;
			report(this.router.snapshot());
		}
	}

	private void report(@Nullable RouterSnapshot snapshot) {
		// A router that is a mock has none
		if (snapshot != null) {
			routerLogger.info(StartReport.of(snapshot.handlers().values(),
					this.details.orderedStream().map(StartDetail::describe).toList()));
		}
	}

	@Override
	public void stop() {
		this.running = false;
		if (this.context.isClosed() && isOwnRouter()) {
			this.router.close();
			return;
		}
		@Nullable FlushResult result = this.router.flush(this.timeout.effective());
		// A router that is a mock returns none
		if (result != null && !result.complete()) {
			logger.warn("Stopped with events of telemetry handlers still pending: " + result.pendingByHandler());
		}
	}

	private boolean isOwnRouter() {
		return this.context.getBeanFactory().getBeanNamesForType(TelemetryRouter.class, true, false).length > 0;
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
