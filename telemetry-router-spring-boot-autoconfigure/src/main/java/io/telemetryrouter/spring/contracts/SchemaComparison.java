package io.telemetryrouter.spring.contracts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Finds incompatible changes between two versions of a JSON Schema: values that are no
 * longer allowed and guarantees that no longer hold. Supports the keywords that
 * {@link ContractSchemas} generates.
 */
final class SchemaComparison {

	/** By number format, the formats whose values it includes. */
	private static final Map<String, Set<String>> WIDENED = Map.of("int64", Set.of("int64", "int32"), "double",
			Set.of("double", "float", "int32"));

	private static final String ROOT = "{\"$ref\":\"#\"}";

	private final JsonNode oldRoot;

	private final JsonNode newRoot;

	private final List<String> changes = new ArrayList<>();

	/** Pairs of references already compared, since types may be recursive. */
	private final Set<String> compared;

	SchemaComparison(JsonNode oldRoot, JsonNode newRoot) {
		this(oldRoot, newRoot, Set.of());
	}

	private SchemaComparison(JsonNode oldRoot, JsonNode newRoot, Set<String> compared) {
		this.oldRoot = oldRoot;
		this.newRoot = newRoot;
		this.compared = new HashSet<>(compared);
	}

	/** Returns the incompatible changes, a line for each. */
	List<String> changes() {
		this.compared.add(ROOT + " " + ROOT);
		compare("", this.oldRoot, this.newRoot);
		return this.changes;
	}

	private void compare(String path, JsonNode before, JsonNode now) {
		if (before.has("$ref") && now.has("$ref") && !this.compared.add(before + " " + now)) {
			return;
		}
		SchemaView oldSchema = new SchemaView(before, this.oldRoot);
		SchemaView newSchema = new SchemaView(now, this.newRoot);
		if (oldSchema.nullable && !newSchema.nullable) {
			change(path, "may no longer be null");
		}
		if (!oldSchema.alternatives.isEmpty() || !newSchema.alternatives.isEmpty()) {
			compareAlternatives(path, oldSchema, newSchema);
		}
		else if (!allows(newSchema, oldSchema)) {
			change(path, "is " + newSchema.describe() + ", was " + oldSchema.describe());
		}
		else {
			compareConstants(path, oldSchema, newSchema);
			new BoundComparison(oldSchema, newSchema).changes().forEach((bound) -> change(path, bound));
			compareProperties(path, oldSchema, newSchema);
			compareParts(path, "[]", oldSchema.keyword("items"), newSchema.keyword("items"));
			compareParts(path, "{}", oldSchema.keyword("additionalProperties"),
					newSchema.keyword("additionalProperties"));
		}
	}

	/** Returns whether the new schema allows all types and formats of the old one. */
	private static boolean allows(SchemaView newSchema, SchemaView oldSchema) {
		boolean types = newSchema.isAnything() || (!oldSchema.types.isEmpty() && oldSchema.types.stream()
			.allMatch((type) -> newSchema.types.contains(type)
					|| (type.equals("integer") && newSchema.types.contains("number"))));
		String format = newSchema.format();
		return types && (format.isEmpty() || WIDENED.getOrDefault(format, Set.of(format)).contains(oldSchema.format()))
				&& (newSchema.constants.isEmpty() || !oldSchema.constants.isEmpty());
	}

	private void compareConstants(String path, SchemaView oldSchema, SchemaView newSchema) {
		if (newSchema.constants.isEmpty()) {
			return;
		}
		for (String constant : oldSchema.constants) {
			if (!newSchema.constants.contains(constant)) {
				change(path, "has lost the constant '" + constant + "'");
			}
		}
	}

	private void compareProperties(String path, SchemaView oldSchema, SchemaView newSchema) {
		JsonNode before = oldSchema.keyword("properties");
		JsonNode now = newSchema.keyword("properties");
		before.properties().forEach((property) -> {
			String name = property.getKey();
			String inner = path + (path.isEmpty() ? "" : ".") + name;
			if (!now.has(name)) {
				String renamed = renamed(property.getValue(), before, now);
				change(inner, "is gone" + ((renamed != null) ? "; was it renamed to '" + renamed + "'?" : ""));
				return;
			}
			if (newSchema.required.contains(name) && !oldSchema.required.contains(name)) {
				change(inner, "has become required");
			}
			compare(inner, property.getValue(), now.get(name));
		});
		now.properties().forEach((property) -> {
			String name = property.getKey();
			if (!before.has(name) && newSchema.required.contains(name)) {
				change(path + (path.isEmpty() ? "" : ".") + name, "was added as required; make it @Nullable");
			}
		});
	}

	private static @Nullable String renamed(JsonNode gone, JsonNode before, JsonNode now) {
		List<String> candidates = now.properties()
			.stream()
			.filter((property) -> !before.has(property.getKey()) && property.getValue().equals(gone))
			.map((property) -> property.getKey())
			.toList();
		return (candidates.size() == 1) ? candidates.get(0) : null;
	}

	/** Compares the elements of lists and the values of maps. */
	private void compareParts(String path, String suffix, JsonNode before, JsonNode now) {
		if (now.isObject()) {
			compare(path + suffix, before.isObject() ? before : MissingNode.getInstance(), now);
		}
	}

	/** Each old alternative, or the old schema itself, must have a compatible new one. */
	private void compareAlternatives(String path, SchemaView oldSchema, SchemaView newSchema) {
		for (JsonNode choice : oldSchema.choices()) {
			if (newSchema.choices().stream().anyMatch((other) -> isCompatible(choice, other))) {
				continue;
			}
			String name = SchemaView.nameOf(choice, this.oldRoot);
			JsonNode same = (name != null) ? find(name, newSchema) : null;
			if (same != null) {
				compare(path + "<" + name + ">", choice, same);
			}
			else if (oldSchema.alternatives.isEmpty()) {
				change(path, "is " + newSchema.describe() + ", was " + oldSchema.describe());
			}
			else {
				change(path, "has lost the alternative '"
						+ ((name != null) ? name : new SchemaView(choice, this.oldRoot).describe()) + "'");
			}
		}
	}

	private boolean isCompatible(JsonNode before, JsonNode now) {
		SchemaComparison trial = new SchemaComparison(this.oldRoot, this.newRoot, this.compared);
		trial.compare("", before, now);
		return trial.changes.isEmpty();
	}

	private @Nullable JsonNode find(String name, SchemaView newSchema) {
		return newSchema.choices()
			.stream()
			.filter((choice) -> Objects.equals(name, SchemaView.nameOf(choice, this.newRoot)))
			.findFirst()
			.orElse(null);
	}

	private void change(String path, String description) {
		this.changes.add((path.isEmpty() ? "the payload" : "'" + path + "'") + " " + description);
	}

}
