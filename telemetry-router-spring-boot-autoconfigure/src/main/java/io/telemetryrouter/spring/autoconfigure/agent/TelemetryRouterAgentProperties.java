package io.telemetryrouter.spring.autoconfigure.agent;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Configuration properties of the adapters to agent frameworks.
 *
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = "telemetry-router.agent", ignoreUnknownFields = false)
public class TelemetryRouterAgentProperties {

	/**
	 * Whether events of agents contain prompts, answers, arguments and results of tools,
	 * and error messages.
	 */
	private boolean captureContent = false;

	/**
	 * Agents built with Spring AI.
	 */
	private final Adapter springAi = new Adapter();

	/**
	 * Agents built with LangChain4j.
	 */
	private final Adapter langchain4j = new Adapter();

	public boolean isCaptureContent() {
		return this.captureContent;
	}

	public void setCaptureContent(boolean captureContent) {
		this.captureContent = captureContent;
	}

	public Adapter getSpringAi() {
		return this.springAi;
	}

	public Adapter getLangchain4j() {
		return this.langchain4j;
	}

	/**
	 * Settings of the adapter to one framework.
	 */
	public static class Adapter {

		/**
		 * Whether to emit events about agents of this framework.
		 */
		private boolean enabled = true;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

}
