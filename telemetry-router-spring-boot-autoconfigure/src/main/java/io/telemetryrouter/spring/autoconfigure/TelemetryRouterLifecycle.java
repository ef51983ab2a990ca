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
 * Drains the router while everything that handlers use still works: after the web server
 * has stopped taking requests, before executors and connection factories stop and before
 * any bean is destroyed. It stays open: tasks that still run may emit. The
 * {@link TelemetryRouterCloser} closes it after them.
 * <p>
 * A context that is only stopped or paused, to be started again (a checkpoint, a cached
 * test context), does no more than that: a closed router cannot be opened again, and an
 * idle one holds no thread. Nor does a context whose router is that of its parent.
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
		// A router that is a mock returns none
		if (result != null && !result.complete()) {
			logger.warn("Stopped with events of telemetry handlers still pending: " + result.pendingByHandler());
		}
	}

	/**
	 * Drains the router of a context that closes. Paused handlers work again, and those
	 * known to hang are not waited for: the close will. It also says what is left.
	 */
	private void drain(@Nullable RouterSnapshot snapshot) {
		// A router that is a mock has none
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
