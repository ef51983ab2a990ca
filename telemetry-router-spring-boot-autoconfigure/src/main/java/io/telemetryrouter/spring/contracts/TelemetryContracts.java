package io.telemetryrouter.spring.contracts;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

import io.telemetryrouter.EventType;

/**
 * The contracts of an application: the payload type and version of each event. An event
 * has one contract. It is critical if one of its declarations is critical. Immutable.
 *
 * @since 0.1.0
 */
public final class TelemetryContracts {

	private final SortedMap<String, EventType<?>> types;

	private final Map<String, String> schemaUris = new HashMap<>();

	private TelemetryContracts(SortedMap<String, EventType<?>> types) {
		this.types = Collections.unmodifiableSortedMap(types);
		types.forEach((name, type) -> this.schemaUris.put(name, schemaUri(type)));
	}

	/**
	 * Returns the contracts of annotated payload classes.
	 * @param payloadTypes classes with {@code @TelemetryEventType}
	 * @return the contracts
	 * @throws IllegalArgumentException if a class has no such annotation
	 * @throws ContractDefinitionException if two contradict each other
	 */
	public static TelemetryContracts of(Class<?>... payloadTypes) {
		return of(Arrays.stream(payloadTypes).<EventType<?>>map(EventType::of).toList());
	}

	/**
	 * Returns the contracts of event types.
	 * @param types the types
	 * @return the contracts
	 * @throws ContractDefinitionException if two contradict each other
	 */
	public static TelemetryContracts of(Collection<? extends EventType<?>> types) {
		SortedMap<String, EventType<?>> byName = new TreeMap<>();
		for (EventType<?> type : types) {
			EventType<?> other = byName.put(type.name(), type);
			if (other != null) {
				if (!other.asCritical().equals(type.asCritical())) {
					throw clash(other, type);
				}
				byName.put(type.name(), other.critical() ? other : type);
			}
		}
		return new TelemetryContracts(byName);
	}

	private static ContractDefinitionException clash(EventType<?> one, EventType<?> other) {
		return new ContractDefinitionException(
				"Event '" + one.name() + "' has two contracts: " + describe(one) + " and " + describe(other) + ".",
				(one.payloadType() == other.payloadType())
						? "Give the event one version: in @TelemetryEventType or in the EventType bean."
						: "Give one of the two another event name, or remove the one that is out of date.");
	}

	static String describe(EventType<?> type) {
		return "version " + type.version() + " with '" + type.payloadType().getName() + "'";
	}

	/**
	 * Returns the contracts.
	 * @return the types by the event's name, in alphabetical order
	 */
	public Collection<EventType<?>> types() {
		return this.types.values();
	}

	/**
	 * Returns whether the contract of an event declares it as critical.
	 * @param event the event's name
	 * @return {@code true} for a critical one
	 */
	public boolean isCritical(String event) {
		EventType<?> type = this.types.get(event);
		return type != null && type.critical();
	}

	/**
	 * Returns the URI of the schema of a payload.
	 * @param event the event's name
	 * @param payload the payload
	 * @return a URI of the event's name and version, the {@code $id} of the schema that
	 * {@link #verify} writes; {@code null} if the event has no contract or the payload is
	 * of another class
	 */
	public @Nullable String schemaUri(String event, @Nullable Object payload) {
		EventType<?> type = this.types.get(event);
		return (type != null && type.payloadType().isInstance(payload)) ? this.schemaUris.get(event) : null;
	}

	static String schemaUri(EventType<?> type) {
		StringBuilder uri = new StringBuilder("urn:telemetry-router:");
		for (byte octet : type.name().getBytes(StandardCharsets.UTF_8)) {
			boolean plain = (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z')
					|| (octet >= '0' && octet <= '9') || "-._~".indexOf(octet) >= 0;
			uri.append(plain ? String.valueOf((char) octet) : "%%%02X".formatted(octet));
		}
		return uri.append(':').append(type.version()).toString();
	}

	/**
	 * Compares the JSON Schemas of all contracts with those in a file. Call it in a test,
	 * and commit the file with the code.
	 * <ul>
	 * <li>A missing file is written.
	 * <li>An incompatible change fails: an event or a component was removed or renamed, a
	 * type was changed or narrowed, an enum constant or a subtype of a sealed type was
	 * removed, a component became required or was added as required, a constraint became
	 * tighter. A contract with a higher version is always compatible.
	 * <li>Any other change passes. The file is not updated, and a log line says that it
	 * is out of date.
	 * <li>With the system property {@code telemetry.contracts.update} set to
	 * {@code true}, nothing fails and the file is written again.
	 * </ul>
	 * A component is optional if it is {@code @Nullable} or an {@code Optional}. Needs
	 * {@code com.github.victools:jsonschema-generator} and
	 * {@code jsonschema-module-jackson}, and {@code jsonschema-module-jakarta-validation}
	 * to compare constraints.
	 * @param file the file
	 * @throws IncompatibleContractsException if a change is incompatible
	 * @throws java.io.UncheckedIOException if the file cannot be read or written
	 */
	public void verify(Path file) {
		Assert.state(
				ClassUtils.isPresent("com.github.victools.jsonschema.module.jackson.JacksonSchemaModule",
						getClass().getClassLoader()),
				"To verify contracts, put com.github.victools:jsonschema-generator and jsonschema-module-jackson"
						+ " on the class path of the test");
		new ContractFile(file).verify(types());
	}

}
