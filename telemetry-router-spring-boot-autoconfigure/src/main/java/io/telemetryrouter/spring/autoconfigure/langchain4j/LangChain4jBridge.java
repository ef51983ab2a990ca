package io.telemetryrouter.spring.autoconfigure.langchain4j;

import java.util.ServiceConfigurationError;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

import io.telemetryrouter.spring.langchain4j.LangChain4jTelemetry;
import io.telemetryrouter.spring.langchain4j.TelemetryAiServiceContextFactory;

/**
 * Observes AI services from before the creation of the first bean, which may be an AI
 * service, until the context has closed.
 */
final class LangChain4jBridge implements BeanFactoryPostProcessor, DisposableBean {

	private static final Log logger = LogFactory.getLog(LangChain4jBridge.class);

	private @Nullable Supplier<@Nullable LangChain4jTelemetry> telemetry;

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		ObjectProvider<LangChain4jTelemetry> provider = beanFactory.getBeanProvider(LangChain4jTelemetry.class);
		this.telemetry = provider::getIfAvailable;
		TelemetryAiServiceContextFactory.observe(this.telemetry);
		if (!isUsed()) {
			logger.warn("Another library provides the AiServiceContextFactory of LangChain4j, so AI services are not "
					+ "observed; calls of models are. Remove the other one, or set "
					+ "'telemetry-router.agent.langchain4j.enabled' to 'false'.");
		}
	}

	private static boolean isUsed() {
		try {
			return TelemetryAiServiceContextFactory.isUsed();
		}
		catch (RuntimeException | LinkageError | ServiceConfigurationError ex) {
			// Another factory cannot be created; building an AI service reports that
			return false;
		}
	}

	@Override
	public void destroy() {
		if (this.telemetry != null) {
			TelemetryAiServiceContextFactory.leave(this.telemetry);
		}
	}

}
