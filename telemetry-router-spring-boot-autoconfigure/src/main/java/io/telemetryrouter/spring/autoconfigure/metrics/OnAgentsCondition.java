package io.telemetryrouter.spring.autoconfigure.metrics;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.ClassUtils;

import io.telemetryrouter.spring.cost.CostRecorder;

/**
 * Matches if an adapter to an agent framework or a {@link CostRecorder} is a bean. An
 * adapter's class is loaded only if its framework is present. Not a nested
 * {@code AnyNestedCondition}, since Spring reads the class file of every nested class of
 * a configuration at each start.
 */
final class OnAgentsCondition extends SpringBootCondition implements ConfigurationCondition {

	/** Adapters by a class of their framework. */
	private static final Map<String, String> ADAPTERS = Map.of("org.springframework.ai.chat.model.ChatModel",
			"io.telemetryrouter.spring.ai.ChatModelHandler", "dev.langchain4j.model.chat.ChatModel",
			"io.telemetryrouter.spring.langchain4j.LangChain4jTelemetry");

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		boolean found = beanFactory != null
				&& (hasAdapter(beanFactory, context.getClassLoader()) || hasBean(beanFactory, CostRecorder.class));
		return new ConditionOutcome(found, ConditionMessage.forCondition("Agents")
			.because(found ? "there is an adapter or a cost recorder" : "there is no adapter and no cost recorder"));
	}

	private static boolean hasAdapter(ConfigurableListableBeanFactory beanFactory, @Nullable ClassLoader classLoader) {
		for (Map.Entry<String, String> adapter : ADAPTERS.entrySet()) {
			if (ClassUtils.isPresent(adapter.getKey(), classLoader)
					&& hasBean(beanFactory, ClassUtils.resolveClassName(adapter.getValue(), classLoader))) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasBean(ConfigurableListableBeanFactory beanFactory, Class<?> type) {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory, type, true, false).length > 0;
	}

}
