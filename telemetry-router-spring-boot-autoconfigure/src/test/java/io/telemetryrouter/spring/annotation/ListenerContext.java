package io.telemetryrouter.spring.annotation;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A context with listeners.
 */
abstract class ListenerContext {

	final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	<B extends Received> void run(B bean, Check<B> check) {
		@SuppressWarnings("unchecked")
		Class<B> type = (Class<B>) bean.getClass();
		this.contextRunner.withBean("bean", type, () -> bean).run(with(type, check));
	}

	static <B extends Received> ContextConsumer<AssertableApplicationContext> with(Class<B> type, Check<B> check) {
		return (context) -> {
			assertThat(context).hasNotFailed();
			check.accept(context.getBean(TelemetryRouter.class), context.getBean(type));
		};
	}

	static HandlerAccount account(TelemetryRouter router, String id) {
		HandlerSnapshot handler = router.handlerSnapshot(id);
		assertThat(handler).isNotNull();
		return handler.account();
	}

	interface Check<B> {

		void accept(TelemetryRouter router, B bean) throws Exception;

	}

	@TelemetryEventType("model.response")
	record ModelResponse(String model, double costUsd) {
	}

	record Plain(String text) {
	}

}
