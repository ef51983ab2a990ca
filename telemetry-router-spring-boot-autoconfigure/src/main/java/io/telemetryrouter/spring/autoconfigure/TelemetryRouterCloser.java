package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

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
 * Closes the router when its context closes, after Spring's executors have stopped, whose
 * last tasks may still emit, and before any bean is destroyed.
 * <p>
 * With {@code spring.task.execution.shutdown.await-termination} (or that of scheduling,
 * or the setting of an executor of the application) Spring waits for tasks only when it
 * destroys the executors, in no defined order relative to the beans of handlers. In this
 * case the executors are shut down first of all beans, and the router is closed next.
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

	private volatile boolean running;

	TelemetryRouterCloser(TelemetryRouter router, ConfigurableApplicationContext context) {
		this.router = router;
		this.context = context;
	}

	@Override
	public void start() {
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		ConfigurableListableBeanFactory beanFactory = this.context.getBeanFactory();
		if (!this.context.isClosed()
				|| beanFactory.getBeanNamesForType(TelemetryRouter.class, true, false).length == 0) {
			return;
		}
		if ((isTerminationAwaited() || hasTasksAfterStop(beanFactory))
				&& beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			// Disposable beans are destroyed in reverse order of registration
			registry.registerDisposableBean(getClass().getName() + "@" + System.identityHashCode(this), () -> {
				shutDownExecutors(beanFactory);
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
	 * until they are destroyed.
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
