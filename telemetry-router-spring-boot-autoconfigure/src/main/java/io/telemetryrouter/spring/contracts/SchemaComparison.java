package io.telemetryrouter.spring.contracts;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Finds what a JSON Schema no longer allows or promises that another one did, in the
 * vocabulary that {@link ContractSchemas} uses.
 */
final class SchemaComparison {

	private static final List<String> ALTERNATIVES = List.of("anyOf", "oneOf");

	/** The formats of the numbers that one of a wider format can be. */
	private static final Map<String, Set<String>> WIDENED = Map.of("int64", Set.of("int64", "int32"), "double",
			Set.of("double", "float", "int32"));

	private final JsonNode oldRoot;

	private final JsonNode newRoot;

	private final List<String> changes = new ArrayList<>();

	/** Pairs of references that are compared already: types may contain themselves. */
	private final Set<String> compared = new HashSet<>();

	SchemaComparison(JsonNode oldRoot, JsonNode newRoot) {
		this.oldRoot = oldRoot;
		this.newRoot = newRoot;
	}

	/** Returns the incompatible changes, a line for each. */
	List<String> changes() {
		this.compared.add("# #");
		compare("", this.oldRoot, this.newRoot);
		return this.changes;
	}

	private void compare(String path, JsonNode before, JsonNode now) {
		if (before.has("$ref") && now.has("$ref")
				&& !this.compared.add(before.get("$ref").asString() + " " + now.get("$ref").asString())) {
			return;
		}
		Schema was = new Schema(before, this.oldRoot);
		Schema is = new Schema(now, this.newRoot);
		if (was.nullable && !is.nullable) {
			change(path, "may no longer be null");
		}
		if (!is.allows(was)) {
			change(path, "is " + is.describe() + ", was " + was.describe());
			return;
		}
		compareConstants(path, was, is);
		compareProperties(path, was, is);
		compareParts(path, "[]", was.node.path("items"), is.node.path("items"));
		compareParts(path, "{}", was.node.path("additionalProperties"), is.node.path("additionalProperties"));
		compareAlternatives(path, was, is);
	}

	private void compareConstants(String path, Schema was, Schema is) {
		if (is.constants.isEmpty()) {
			return;
		}
		for (String constant : was.constants) {
			if (!is.constants.contains(constant)) {
				change(path, "has lost the constant '" + constant + "'");
			}
		}
	}

	private void compareProperties(String path, Schema was, Schema is) {
		JsonNode before = was.node.path("properties");
		JsonNode now = is.node.path("properties");
		before.properties().forEach((property) -> {
			String name = property.getKey();
			String inner = path + (path.isEmpty() ? "" : ".") + name;
			if (!now.has(name)) {
				String renamed = renamed(property.getValue(), before, now);
				change(inner, "is gone" + ((renamed != null) ? "; was it renamed to '" + renamed + "'?" : ""));
				return;
			}
			if (is.required.contains(name) && !was.required.contains(name)) {
				change(inner, "has become required");
			}
			compare(inner, property.getValue(), now.get(name));
		});
		now.properties().forEach((property) -> {
			String name = property.getKey();
			if (!before.has(name) && is.required.contains(name)) {
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

	/** Compares what lists and maps have in them. */
	private void compareParts(String path, String suffix, JsonNode before, JsonNode now) {
		if (now.isObject()) {
			compare(path + suffix, before.isObject() ? before : MissingNode.getInstance(), now);
		}
	}

	/** Each alternative that there was must still be there. */
	private void compareAlternatives(String path, Schema was, Schema is) {
		for (JsonNode alternative : was.alternatives) {
			boolean kept = is.alternatives.stream()
				.anyMatch((other) -> new SchemaComparison(root(this.oldRoot, alternative), root(this.newRoot, other))
					.changes()
					.isEmpty());
			if (!kept && !is.alternatives.isEmpty()) {
				change(path, "has lost or changed an alternative: " + new Schema(alternative, this.oldRoot).describe());
			}
		}
	}

	/** A schema with the definitions that its references lead to. */
	private static JsonNode root(JsonNode root, JsonNode schema) {
		if (!schema.isObject() || schema.has("$defs") || !root.has("$defs")) {
			return schema;
		}
		return schema.deepCopy().asObject().set("$defs", root.get("$defs"));
	}

	private void change(String path, String what) {
		this.changes.add((path.isEmpty() ? "the payload" : "'" + path + "'") + " " + what);
	}

	/** A schema, its references followed and {@code null} taken out. */
	private static final class Schema {

		final JsonNode node;

		final boolean nullable;

		final Set<String> types = new LinkedHashSet<>();

		final Set<String> constants = new LinkedHashSet<>();

		final Set<String> required = new HashSet<>();

		final List<JsonNode> alternatives = new ArrayList<>();

		Schema(JsonNode start, JsonNode root) {
			boolean nullable = false;
			JsonNode node = follow(start, root);
			for (JsonNode only = orNull(node); !only.isMissingNode(); only = orNull(node)) {
				nullable = true;
				node = follow(only, root);
			}
			this.node = node;
			texts(node.path("type"), this.types);
			this.nullable = this.types.remove("null") || nullable;
			texts(node.path("enum"), this.constants);
			texts(node.path("const"), this.constants);
			texts(node.path("required"), this.required);
			ALTERNATIVES.forEach((keyword) -> node(keyword).forEach(this.alternatives::add));
		}

		private JsonNode node(String keyword) {
			return this.node.path(keyword);
		}

		private static JsonNode follow(JsonNode node, JsonNode root) {
			JsonNode followed = node;
			for (int i = 0; i < 100 && followed.has("$ref"); i++) {
				followed = root.at(followed.get("$ref").asString().substring(1));
			}
			return followed;
		}

		/** Returns the other of two alternatives of which one is {@code null}. */
		private static JsonNode orNull(JsonNode node) {
			JsonNode any = node.path("anyOf");
			for (int i = 0; i < any.size() && any.size() == 2; i++) {
				if (any.get(i).path("type").asString("").equals("null")) {
					return any.get(1 - i);
				}
			}
			return MissingNode.getInstance();
		}

		private static void texts(JsonNode node, Set<String> target) {
			if (node.isArray()) {
				node.forEach((element) -> texts(element, target));
			}
			else if (!node.isMissingNode() && !node.isNull()) {
				target.add(node.asString());
			}
		}

		/** Returns whether it allows all kinds of values that another one does. */
		boolean allows(Schema other) {
			boolean anything = this.types.isEmpty() && this.alternatives.isEmpty();
			boolean types = anything || (!other.types.isEmpty() && other.types.stream().allMatch(this::allows))
					|| (other.types.isEmpty() && this.types.isEmpty() && !other.alternatives.isEmpty());
			String format = node("format").asString("");
			return types
					&& (format.isEmpty()
							|| WIDENED.getOrDefault(format, Set.of(format)).contains(other.node("format").asString("")))
					&& (this.constants.isEmpty() || !other.constants.isEmpty());
		}

		private boolean allows(String type) {
			return this.types.contains(type) || (type.equals("integer") && this.types.contains("number"));
		}

		String describe() {
			String described = this.types.isEmpty()
					? (this.alternatives.isEmpty() ? "anything" : "one of several types")
					: String.join(" or ", this.types);
			String format = node("format").asString("");
			return described + (this.constants.isEmpty() ? "" : " of constants")
					+ (format.isEmpty() ? "" : " (" + format + ")");
		}

	}

}
