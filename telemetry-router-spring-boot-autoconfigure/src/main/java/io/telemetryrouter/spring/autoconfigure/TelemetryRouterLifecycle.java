package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Drains the router when the context closes: after the web server has stopped, and before
 * executors and connection factories stop and beans are destroyed. The router remains
 * open, since running tasks may still emit. The {@link TelemetryRouterCloser} closes it
 * after them.
 * <p>
 * A context that is stopped or paused and may be restarted (a checkpoint, a cached test
 * context) only flushes the router: a closed router cannot be reopened, and an idle
 * router uses no thread. A context that uses the router of its parent only flushes it
 * too.
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
		this.running = false;
		if (this.context.isClosed() && isOwnRouter()) {
			drain(this.router.snapshot());
			return;
		}
		@Nullable FlushResult result = this.router.flush(this.timeout.effective());
		// A mock returns null
		if (result != null && !result.complete()) {
			logger.warn("Stopped with events of telemetry handlers still pending: " + result.pendingByHandler());
		}
	}

	/**
	 * Drains the router of a context that closes. Resumes paused handlers. Does not wait
	 * for handlers with stuck calls: the close does, and reports pending events.
	 */
	private void drain(@Nullable RouterSnapshot snapshot) {
		// A mock returns null
		if (snapshot == null) {
			return;
		}
		long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(this.timeout.effective());
		snapshot.handlers().keySet().forEach(this.router::resume);
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			if (handler.stuckCalls().isEmpty()) {
				this.router.flush(handler.id(), Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
			}
		}
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
