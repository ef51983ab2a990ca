package io.telemetryrouter.journal;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

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
	 * Returns an encoder that writes payloads whole, with a plain mapper.
	 * @return the encoder
	 */
	static PayloadEncoder json() {
		return json(JsonMapper.shared());
	}

	/**
	 * Returns an encoder that writes payloads as a mapper does.
	 * @param mapper the mapper
	 * @return the encoder
	 */
	static PayloadEncoder json(ObjectMapper mapper) {
		return (event, payload, out) -> mapper.writeValue(out, payload);
	}

}
