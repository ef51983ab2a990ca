package io.telemetryrouter.spring.agent;

import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Maps names of frameworks to those of the OpenTelemetry semantic conventions.
 *
 * @since 0.1.0
 */
public final class GenAiNames {

	private static final Map<String, String> PROVIDERS = Map.of("open_ai", "openai", "amazon_bedrock", "aws.bedrock",
			"bedrock_converse", "aws.bedrock", "azure_open_ai", "azure.ai.openai", "google_ai_gemini", "gcp.gemini",
			"google_genai", "gcp.gen_ai");

	private GenAiNames() {
	}

	/**
	 * Returns the provider ({@code gen_ai.provider.name}).
	 * @param provider the framework's name of the provider, or {@code null}
	 * @return the name of the conventions if they have one, else the framework's name in
	 * lower case; {@code null} for {@code null}, a blank name and {@code OTHER}
	 */
	public static @Nullable String provider(@Nullable String provider) {
		if (provider == null || provider.isBlank()) {
			return null;
		}
		String name = provider.toLowerCase(Locale.ROOT);
		if (name.equals("other")) {
			return null;
		}
		return name.contains("vertex") ? "gcp.vertex_ai" : PROVIDERS.getOrDefault(name, name);
	}

	/**
	 * Returns the name of a model or the id of a response.
	 * @param name the name that the provider reports, or {@code null}
	 * @return the name; {@code null} if there is none or it is blank
	 */
	public static @Nullable String reported(@Nullable String name) {
		return (name == null || name.isBlank()) ? null : name;
	}

	/**
	 * Returns the finish reason ({@code gen_ai.response.finish_reasons}).
	 * @param reason the framework's name of the reason, or {@code null}
	 * @return the reason in lower case, {@code tool_calls} for all its synonyms;
	 * {@code null} if there is none
	 */
	public static @Nullable String finishReason(@Nullable String reason) {
		if (reason == null || reason.isBlank()) {
			return null;
		}
		String name = reason.toLowerCase(Locale.ROOT);
		return (name.equals("tool_execution") || name.equals("tool_call") || name.equals("tool_use")) ? "tool_calls"
				: name;
	}

}
