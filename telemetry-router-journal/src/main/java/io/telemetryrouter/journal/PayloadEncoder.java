package io.telemetryrouter.journal;

import java.util.List;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.PayloadSanitizer;
import io.telemetryrouter.Sensitive;

/**
 * Writes a payload as JSON, and decides by that what of it reaches the disk: here is the
 * place to redact. It is called on the thread that appends, by several threads at once.
 * <p>
 * It fails closed: if it throws, or writes no complete JSON value, the line says that the
 * payload is redacted and names its class, and nothing that was written is kept.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PayloadEncoder {

	/**
	 * Writes a payload.
	 * @param event the event's name
	 * @param payload the payload
	 * @param out takes exactly one JSON value
	 * @throws Exception if the payload cannot be written
	 */
	void encode(String event, Object payload, JsonGenerator out) throws Exception;

	/**
	 * Returns an encoder that gives this one what sanitizers return.
	 * @param sanitizers the sanitizers, in the order in which they are called
	 * @return the encoder
	 */
	default PayloadEncoder sanitizedBy(List<PayloadSanitizer> sanitizers) {
		List<PayloadSanitizer> all = List.copyOf(sanitizers);
		return (event, payload, out) -> {
			Object sanitized = payload;
			for (PayloadSanitizer sanitizer : all) {
				sanitized = sanitizer.sanitize(event, sanitized);
				if (sanitized == null) {
					throw new IllegalStateException("A payload sanitizer returned null");
				}
			}
			encode(event, sanitized, out);
		};
	}

	/**
	 * Returns an encoder that writes payloads with a plain mapper, but for what is
	 * {@link Sensitive}.
	 * @return the encoder
	 */
	static PayloadEncoder json() {
		return json(JsonMapper.shared());
	}

	/**
	 * Returns an encoder that writes payloads as a mapper does, but for what is
	 * {@link Sensitive}. It writes no object that has a sensitive part and is not written
	 * property by property, as with a serializer of its own, {@code @JsonValue} or as the
	 * key of a map: that payload is redacted as a whole.
	 * @param mapper the mapper; it is copied
	 * @return the encoder
	 */
	static PayloadEncoder json(ObjectMapper mapper) {
		ObjectMapper redacting = mapper.rebuild().addModule(new RedactionModule()).build();
		return (event, payload, out) -> redacting.writeValue(out, payload);
	}

}
