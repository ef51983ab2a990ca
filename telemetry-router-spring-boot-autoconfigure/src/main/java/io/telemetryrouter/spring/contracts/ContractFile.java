package io.telemetryrouter.spring.contracts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import io.telemetryrouter.EventType;

/**
 * The file with the schemas of the contracts, which is kept under version control.
 */
final class ContractFile {

	private static final Log logger = LogFactory.getLog(TelemetryContracts.class);

	private static final String UPDATE = "telemetry.contracts.update";

	private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.defaultPrettyPrinter(new DefaultPrettyPrinter().withObjectIndenter(INDENTER).withArrayIndenter(INDENTER))
		.build();

	private final Path file;

	ContractFile(Path file) {
		this.file = file;
	}

	void verify(Collection<EventType<?>> types) {
		ObjectNode now = new ContractSchemas().of(types);
		if (Boolean.getBoolean(UPDATE)) {
			write(now);
		}
		else if (Files.notExists(this.file)) {
			write(now);
			logger.warn("Wrote the contracts of " + types.size() + ((types.size() != 1) ? " events" : " event")
					+ " to '" + this.file + "', which did not exist. Commit it: nothing was compared");
		}
		else {
			compare(read(), now, types);
		}
	}

	private void compare(JsonNode before, ObjectNode now, Collection<EventType<?>> types) {
		if (before.equals(now)) {
			return;
		}
		Map<String, List<String>> changes = new LinkedHashMap<>();
		before.properties().forEach((contract) -> {
			List<String> found = changes(contract.getValue(), now.get(contract.getKey()));
			if (!found.isEmpty()) {
				changes.put(contract.getKey(), found);
			}
		});
		if (!changes.isEmpty()) {
			throw incompatible(changes, types);
		}
		logger.info("Contracts have changed compatibly since '" + this.file + "' was written. To update it, run with -D"
				+ UPDATE + "=true");
	}

	private static List<String> changes(JsonNode before, @Nullable JsonNode now) {
		if (now == null) {
			return List.of("the event has no contract any more");
		}
		int version = before.path("version").asInt();
		int current = now.path("version").asInt();
		if (current != version) {
			return (current > version) ? List.of() : List.of("its version is " + current + ", was " + version);
		}
		return new SchemaComparison(before.path("schema"), now.path("schema")).changes();
	}

	private IncompatibleContractsException incompatible(Map<String, List<String>> changes,
			Collection<EventType<?>> types) {
		StringBuilder message = new StringBuilder("Contracts are no longer compatible with '" + this.file + "':\n");
		List<String> lines = new ArrayList<>();
		changes.forEach((event, found) -> {
			message.append("\n  ").append(event);
			types.stream()
				.filter((type) -> type.name().equals(event))
				.forEach((type) -> message.append(", ").append(TelemetryContracts.describe(type)));
			found.forEach((change) -> {
				message.append("\n    - ").append(change);
				lines.add(event + ": " + change);
			});
			message.append('\n');
		});
		message.append("\nUndo the change, or raise the version in @TelemetryEventType."
				+ " To accept the change, run with -D" + UPDATE + "=true, which updates the file.");
		return new IncompatibleContractsException(message.toString(), lines);
	}

	private JsonNode read() {
		try {
			return MAPPER.readTree(Files.readString(this.file));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void write(ObjectNode contracts) {
		try {
			if (this.file.getParent() != null) {
				Files.createDirectories(this.file.getParent());
			}
			Files.writeString(this.file, MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(contracts) + "\n");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
