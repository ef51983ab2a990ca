package io.telemetryrouter.journal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads payloads as the payload classes of handlers, after upcasters have converted them
 * to the latest version. Unknown members are skipped; {@code null} is the default value
 * of a primitive. Thread-safe.
 */
final class RecordedPayloads {

	private final JsonMapper mapper;

	/** Readers by class: to create one takes longer than to read a small payload. */
	private final Map<Class<?>, ObjectReader> readers = new ConcurrentHashMap<>();

	private final Map<String, Map<Integer, EventUpcaster>> upcasters = new HashMap<>();

	RecordedPayloads(JsonMapper mapper, Iterable<? extends EventUpcaster> upcasters) {
		this.mapper = mapper.rebuild()
			.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			// Sensitive parts are null in the journal.
			.disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
					DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
			.addHandler(new UnknownMembers())
			.build();
		for (EventUpcaster upcaster : upcasters) {
			EventUpcaster other = this.upcasters.computeIfAbsent(upcaster.event(), (event) -> new HashMap<>())
				.put(upcaster.fromVersion(), upcaster);
			if (other != null) {
				throw new IllegalArgumentException("Two upcasters take version " + upcaster.fromVersion()
						+ " of event '" + upcaster.event() + "': " + other.getClass().getName() + " and "
						+ upcaster.getClass().getName() + "; remove one");
			}
		}
	}

	/**
	 * Reads the payload of a line that has one.
	 * @param type the payload class
	 * @param unknown receives a text for each unknown member
	 */
	Object read(JournalRecord line, Class<?> type, List<String> unknown) {
		ObjectReader reader = this.readers.computeIfAbsent(type, this.mapper::readerFor)
			.withAttribute(UnknownMembers.class, unknown);
		Map<Integer, EventUpcaster> known = this.upcasters.get(line.name());
		if (known == null) {
			return line.data(reader);
		}
		JsonNode data = line.data(this.readers.computeIfAbsent(JsonNode.class, this.mapper::readerFor));
		int version = version(line.dataSchema());
		for (EventUpcaster next = known.get(version); next != null; next = known.get(++version)) {
			data = next.upcast(data);
		}
		return reader.readValue(data);
	}

	/** Returns the number at the end of a schema, or 1. */
	static int version(@Nullable String schema) {
		if (schema == null) {
			return 1;
		}
		int start = schema.length();
		while (start > 0 && schema.charAt(start - 1) >= '0' && schema.charAt(start - 1) <= '9') {
			start--;
		}
		int digits = schema.length() - start;
		// A longer number is no version.
		return (digits > 0 && digits < 10) ? Integer.parseInt(schema.substring(start)) : 1;
	}

	/**
	 * Reports members that a payload class does not have.
	 */
	private static final class UnknownMembers extends DeserializationProblemHandler {

		@Override
		@SuppressWarnings("unchecked")
		public boolean handleUnknownProperty(DeserializationContext context, JsonParser parser,
				ValueDeserializer<?> deserializer, Object beanOrClass, String name) {
			if (context.getAttribute(UnknownMembers.class) instanceof List<?> unknown) {
				Class<?> type = (beanOrClass instanceof Class<?> known) ? known : beanOrClass.getClass();
				((List<String>) unknown).add(type.getName() + " has no '" + name + "'");
			}
			parser.skipChildren();
			return true;
		}

	}

}
