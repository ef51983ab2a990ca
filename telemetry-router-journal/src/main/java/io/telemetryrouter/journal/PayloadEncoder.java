package io.telemetryrouter.journal;

import java.util.List;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.PayloadSanitizer;
import io.telemetryrouter.Sensitive;

/**
 * Writes a payload as JSON. No other part of a payload reaches the disk, so an encoder is
 * the place to redact. Called on the appending thread, by several threads at once.
 * <p>
 * Failures are closed: if the encoder throws an exception, or does not write exactly one
 * complete JSON value, its output is discarded and the line has the payload's class name
 * with the status {@link DataStatus#REDACTED}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PayloadEncoder {

	/**
	 * Writes a payload.
	 * @param event the event's name
	 * @param payload the payload
	 * @param out the generator, to which exactly one JSON value is written
	 * @throws Exception if the payload cannot be written
	 */
	void encode(String event, Object payload, JsonGenerator out) throws Exception;

	/**
	 * Returns an encoder that passes a payload through sanitizers before this encoder
	 * writes it.
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
	 * Returns an encoder that writes payloads with a plain mapper, without
	 * {@link Sensitive} values.
	 * @return the encoder
	 */
	static PayloadEncoder json() {
		return json(JsonMapper.shared());
	}

	/**
	 * Returns an encoder that writes payloads with a mapper, without {@link Sensitive}
	 * values. A payload is redacted as a whole if it contains an object with a sensitive
	 * part that the mapper does not write property by property: by a custom serializer,
	 * by {@code @JsonValue}, as the key of a map, as a subclass of a map or collection,
	 * or as the id of an object.
	 * @param mapper the mapper; it is copied
	 * @return the encoder
	 */
	static PayloadEncoder json(ObjectMapper mapper) {
		ObjectMapper redacting = mapper.rebuild().addModule(new RedactionModule()).build();
		return (event, payload, out) -> redacting.writeValue(out, payload);
	}

}
