package io.telemetryrouter.spring.contracts;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerSpecCustomizer;

/**
 * Converts an emitted {@code Map} to a record with Jackson, for handlers with a record as
 * payload type and named events.
 *
 * @since 0.1.0
 */
public final class MapConversion implements HandlerSpecCustomizer {

	private final Supplier<JsonMapper> mapper;

	/**
	 * Creates an instance.
	 * @param mapper supplies the mapper, called at the first map
	 */
	public MapConversion(Supplier<JsonMapper> mapper) {
		this.mapper = mapper;
	}

	@Override
	public HandlerSpec<?> customize(HandlerSpec<?> spec) {
		return (spec.payloadType().isRecord() && !spec.isAnyEvent() && spec.conversion() == null) ? converting(spec)
				: spec;
	}

	private <T> HandlerSpec<T> converting(HandlerSpec<T> spec) {
		Class<T> type = spec.payloadType();
		return spec.mutate().convert(Map.class, (map) -> convert(map, type)).build();
	}

	private <T> T convert(Map<?, ?> map, Class<T> type) {
		try {
			return this.mapper.get().convertValue(map, type);
		}
		catch (JacksonException ex) {
			// Without the cause, whose message quotes the map
			throw new IllegalArgumentException("A map cannot be converted to " + type.getName() + component(ex, type)
					+ ": " + ex.getClass().getSimpleName());
		}
	}

	/**
	 * Names only a component of the record: other keys may be confidential.
	 */
	private static String component(JacksonException ex, Class<?> type) {
		String name = ex.getPath().isEmpty() ? null : ex.getPath().get(0).getPropertyName();
		boolean known = Arrays.stream(type.getRecordComponents())
			.map(RecordComponent::getName)
			.anyMatch((each) -> each.equals(name));
		return known ? ", because of '" + name + "'" : "";
	}

}
