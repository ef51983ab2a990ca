package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

import io.telemetryrouter.TelemetryRouter;

/**
 * Closes the router when its context closes: after all phases, since beans may emit as
 * they stop, and before any bean is destroyed. Between executors, whose last tasks may
 * emit, and most connection factories, it drains the router once more.
 * <p>
 * With {@code spring.task.execution.shutdown.await-termination} (or that of scheduling,
 * or the setting of an executor of the application) Spring waits for tasks only when it
 * destroys the executors, in no defined order relative to the beans of handlers. In this
 * case the executors are shut down before the router closes.
 */
final class TelemetryRouterCloser implements SmartLifecycle {

	/**
	 * Executors stop before this phase, most connection factories after it.
	 */
	static final int PHASE = ExecutorConfigurationSupport.DEFAULT_PHASE - 1024;

	private static final List<String> AWAIT_TERMINATION = List.of("spring.task.execution.shutdown.await-termination",
			"spring.task.scheduling.shutdown.await-termination");

	private final TelemetryRouter router;

	private final ConfigurableApplicationContext context;

	/** A provider, since Spring stops a bean after those that depend on it. */
	private final ObjectProvider<TelemetryRouterLifecycle> lifecycle;

	private volatile boolean running;

	TelemetryRouterCloser(TelemetryRouter router, ConfigurableApplicationContext context,
			ObjectProvider<TelemetryRouterLifecycle> lifecycle) {
		this.router = router;
		this.context = context;
		this.lifecycle = lifecycle;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		ConfigurableListableBeanFactory beanFactory = this.context.getBeanFactory();
		// A context that is stopped and then closed stops what is running only
		this.running = !this.context.isClosed();
		if (this.running || beanFactory.getBeanNamesForType(TelemetryRouter.class, true, false).length == 0) {
			return;
		}
		if (beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			boolean tasksAreAwaited = isTerminationAwaited() || hasTasksAfterStop(beanFactory);
			this.lifecycle.getObject().drain();
			// Disposable beans are destroyed in reverse order of registration
			registry.registerDisposableBean(getClass().getName() + "@" + System.identityHashCode(this), () -> {
				if (tasksAreAwaited) {
					shutDownExecutors(beanFactory);
				}
				this.router.close();
			});
		}
		else {
			this.router.close();
		}
	}

	private boolean isTerminationAwaited() {
		return AWAIT_TERMINATION.stream()
			.anyMatch((name) -> this.context.getEnvironment().getProperty(name, Boolean.class, false));
	}

	/**
	 * Returns whether an executor of the application, which has no property, runs tasks
	 * that its phase did not wait for. Idle ones do not count: they may accept tasks
	 * until they are destroyed. A {@link SimpleAsyncTaskExecutor} does not tell whether
	 * it has tasks.
	 */
	private static boolean hasTasksAfterStop(ConfigurableListableBeanFactory beanFactory) {
		return existing(ExecutorConfigurationSupport.class, beanFactory).stream()
			.anyMatch((executor) -> executor.isRunning() && hasTasks(executor));
	}

	private static boolean hasTasks(ExecutorConfigurationSupport executor) {
		return (executor instanceof ThreadPoolTaskExecutor pool && pool.getActiveCount() + pool.getQueueSize() > 0)
				|| (executor instanceof ThreadPoolTaskScheduler scheduler && scheduler.getActiveCount() > 0);
	}

	/**
	 * Shuts down the executors as Spring would, which waits for their tasks up to their
	 * termination timeout.
	 */
	private static void shutDownExecutors(ConfigurableListableBeanFactory beanFactory) {
		existing(ExecutorConfigurationSupport.class, beanFactory).forEach(ExecutorConfigurationSupport::shutdown);
		existing(SimpleAsyncTaskExecutor.class, beanFactory).forEach(SimpleAsyncTaskExecutor::close);
	}

	private static <T> List<T> existing(Class<T> type, ConfigurableListableBeanFactory beanFactory) {
		List<T> beans = new ArrayList<>();
		for (String name : beanFactory.getBeanNamesForType(type, false, false)) {
			if (beanFactory.containsSingleton(name)) {
				beans.add(beanFactory.getBean(name, type));
			}
		}
		return beans;
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
