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
 * Finds what a JSON Schema no longer allows or promises that another one did, in the
 * vocabulary that {@link ContractSchemas} uses.
 */
final class SchemaComparison {

	/** The formats of the numbers that one of a wider format can be. */
	private static final Map<String, Set<String>> WIDENED = Map.of("int64", Set.of("int64", "int32"), "double",
			Set.of("double", "float", "int32"));

	private static final String ROOT = "{\"$ref\":\"#\"}";

	private final JsonNode oldRoot;

	private final JsonNode newRoot;

	private final List<String> changes = new ArrayList<>();

	/** Pairs of references that are compared already: types may contain themselves. */
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
		SchemaView was = new SchemaView(before, this.oldRoot);
		SchemaView is = new SchemaView(now, this.newRoot);
		if (was.nullable && !is.nullable) {
			change(path, "may no longer be null");
		}
		if (!was.alternatives.isEmpty() || !is.alternatives.isEmpty()) {
			compareAlternatives(path, was, is);
		}
		else if (!allows(is, was)) {
			change(path, "is " + is.describe() + ", was " + was.describe());
		}
		else {
			compareConstants(path, was, is);
			new BoundComparison(was, is).changes().forEach((bound) -> change(path, bound));
			compareProperties(path, was, is);
			compareParts(path, "[]", was.keyword("items"), is.keyword("items"));
			compareParts(path, "{}", was.keyword("additionalProperties"), is.keyword("additionalProperties"));
		}
	}

	/** Returns whether a schema allows all kinds of values that another one did. */
	private static boolean allows(SchemaView is, SchemaView was) {
		boolean types = is.isAnything() || (!was.types.isEmpty() && was.types.stream()
			.allMatch((type) -> is.types.contains(type) || (type.equals("integer") && is.types.contains("number"))));
		String format = is.format();
		return types && (format.isEmpty() || WIDENED.getOrDefault(format, Set.of(format)).contains(was.format()))
				&& (is.constants.isEmpty() || !was.constants.isEmpty());
	}

	private void compareConstants(String path, SchemaView was, SchemaView is) {
		if (is.constants.isEmpty()) {
			return;
		}
		for (String constant : was.constants) {
			if (!is.constants.contains(constant)) {
				change(path, "has lost the constant '" + constant + "'");
			}
		}
	}

	private void compareProperties(String path, SchemaView was, SchemaView is) {
		JsonNode before = was.keyword("properties");
		JsonNode now = is.keyword("properties");
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

	/** Each alternative that there was, or what there was instead, must still be one. */
	private void compareAlternatives(String path, SchemaView was, SchemaView is) {
		for (JsonNode choice : was.choices()) {
			if (is.choices().stream().anyMatch((other) -> isCompatible(choice, other))) {
				continue;
			}
			String name = SchemaView.nameOf(choice, this.oldRoot);
			JsonNode same = (name != null) ? find(name, is) : null;
			if (same != null) {
				compare(path + "<" + name + ">", choice, same);
			}
			else if (was.alternatives.isEmpty()) {
				change(path, "is " + is.describe() + ", was " + was.describe());
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

	private @Nullable JsonNode find(String name, SchemaView is) {
		return is.choices()
			.stream()
			.filter((choice) -> Objects.equals(name, SchemaView.nameOf(choice, this.newRoot)))
			.findFirst()
			.orElse(null);
	}

	private void change(String path, String what) {
		this.changes.add((path.isEmpty() ? "the payload" : "'" + path + "'") + " " + what);
	}

}
