package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;

import io.telemetryrouter.TelemetryRouter;

/**
 * Closes the router of a context that closes, after Spring's executors have stopped:
 * their last tasks, which Spring waits for, may still emit. No bean has been destroyed by
 * then.
 * <p>
 * With {@code spring.task.execution.shutdown.await-termination} (or that of scheduling)
 * Spring waits for tasks when it destroys the executors, in no certain order with the
 * beans of handlers. Then that is the first thing to be destroyed, and the router closes
 * next.
 */
final class TelemetryRouterCloser implements SmartLifecycle {

	/**
	 * Executors stop before, most connection factories after.
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
		if (isTerminationAwaited() && beanFactory instanceof DefaultSingletonBeanRegistry registry) {
			// The last to be registered is the first to be destroyed
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
	 * Ends the executors as Spring is about to do, and waits for their tasks as long as
	 * it would.
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
