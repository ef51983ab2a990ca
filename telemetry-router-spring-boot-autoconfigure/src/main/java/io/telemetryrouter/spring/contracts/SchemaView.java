package io.telemetryrouter.spring.contracts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON Schema with resolved references, merged {@code allOf} parts, and {@code null}
 * removed from its types and alternatives. Immutable.
 */
final class SchemaView {

	private static final List<String> ALTERNATIVES = List.of("anyOf", "oneOf");

	private static final int MAX_REFERENCES = 100;

	final JsonNode node;

	final boolean nullable;

	final Set<String> types = new LinkedHashSet<>();

	final Set<String> constants = new LinkedHashSet<>();

	final Set<String> required = new HashSet<>();

	/** The schemas of {@code anyOf} or {@code oneOf}; empty if there is neither. */
	final List<JsonNode> alternatives;

	SchemaView(JsonNode schema, JsonNode root) {
		JsonNode node = merged(schema, root, 0);
		List<JsonNode> alternatives = new ArrayList<>();
		boolean orNull = false;
		while (removeNull(alternatives(node, alternatives)) && alternatives.size() == 1) {
			orNull = true;
			node = merged(alternatives.get(0), root, 0);
		}
		this.node = node;
		this.alternatives = alternatives;
		texts(node.path("type"), this.types);
		this.nullable = this.types.remove("null") | orNull | hasNull(alternatives(node, new ArrayList<>()));
		texts(node.path("enum"), this.constants);
		texts(node.path("const"), this.constants);
		texts(node.path("required"), this.required);
	}

	private static List<JsonNode> alternatives(JsonNode node, List<JsonNode> target) {
		target.clear();
		ALTERNATIVES.forEach((keyword) -> node.path(keyword).forEach(target::add));
		return target;
	}

	private static boolean removeNull(List<JsonNode> alternatives) {
		return alternatives.removeIf(SchemaView::isNull);
	}

	private static boolean hasNull(List<JsonNode> alternatives) {
		return alternatives.stream().anyMatch(SchemaView::isNull);
	}

	private static boolean isNull(JsonNode schema) {
		return schema.path("type").asString("").equals("null");
	}

	private static JsonNode merged(JsonNode schema, JsonNode root, int depth) {
		if (depth == MAX_REFERENCES || !(schema.has("$ref") || schema.has("allOf"))) {
			return schema;
		}
		ObjectNode all = schema.deepCopy().asObject();
		List<JsonNode> parts = new ArrayList<>();
		JsonNode reference = all.remove("$ref");
		if (reference != null) {
			parts.add(root.at(reference.asString().substring(1)));
		}
		JsonNode allOf = all.remove("allOf");
		if (allOf != null) {
			allOf.forEach(parts::add);
		}
		parts.forEach((part) -> merge(merged(part, root, depth + 1), all));
		return all;
	}

	private static void merge(JsonNode part, ObjectNode all) {
		part.properties().forEach((keyword) -> {
			switch (keyword.getKey()) {
				case "properties" -> keyword.getValue()
					.properties()
					.forEach((property) -> addProperty(all.withObjectProperty("properties"), property.getKey(),
							property.getValue()));
				case "required" -> keyword.getValue().forEach(all.withArrayProperty("required")::add);
				default -> all.putIfAbsent(keyword.getKey(), keyword.getValue());
			}
		});
	}

	/** Adds a property. If two parts declare it, its values must match both schemas. */
	private static void addProperty(ObjectNode properties, String name, JsonNode schema) {
		JsonNode other = properties.get(name);
		properties.set(name, schema);
		if (other != null) {
			properties.putObject(name).putArray("allOf").add(other).add(schema);
		}
	}

	private static void texts(JsonNode node, Set<String> target) {
		if (node.isArray()) {
			node.forEach((element) -> texts(element, target));
		}
		else if (!node.isMissingNode() && !node.isNull()) {
			target.add(node.asString());
		}
	}

	/** Returns the alternatives, or this schema as the only one. */
	List<JsonNode> choices() {
		return this.alternatives.isEmpty() ? List.of(this.node) : this.alternatives;
	}

	JsonNode keyword(String name) {
		return this.node.path(name);
	}

	String format() {
		return keyword("format").asString("");
	}

	boolean isAnything() {
		return this.types.isEmpty() && this.alternatives.isEmpty();
	}

	/** Returns a name that identifies an alternative, or {@code null} if it has none. */
	static @Nullable String nameOf(JsonNode schema, JsonNode root) {
		for (JsonNode property : new SchemaView(schema, root).keyword("properties")) {
			if (property.has("const")) {
				return property.get("const").asString();
			}
		}
		String reference = schema.path("$ref").asString("");
		return reference.contains("/") ? reference.substring(reference.lastIndexOf('/') + 1) : null;
	}

	String describe() {
		String described = !this.alternatives.isEmpty() ? "one of several types"
				: this.types.isEmpty() ? "anything" : String.join(" or ", this.types);
		return described + (this.constants.isEmpty() ? "" : " of constants")
				+ (format().isEmpty() ? "" : " (" + format() + ")");
	}

}
