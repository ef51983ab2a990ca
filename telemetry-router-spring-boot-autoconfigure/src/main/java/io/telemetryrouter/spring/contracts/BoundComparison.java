package io.telemetryrouter.spring.contracts;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds the constraints of a schema's values that are tighter than those of an older
 * schema.
 */
final class BoundComparison {

	private static final List<String> LOWER = List.of("minLength", "minItems", "minProperties");

	private static final List<String> UPPER = List.of("maxLength", "maxItems", "maxProperties");

	private static final List<String> OTHER = List.of("pattern", "multipleOf", "uniqueItems");

	private final SchemaView oldSchema;

	private final SchemaView newSchema;

	private final List<String> changes = new ArrayList<>();

	BoundComparison(SchemaView oldSchema, SchemaView newSchema) {
		this.oldSchema = oldSchema;
		this.newSchema = newSchema;
	}

	/** Returns a description of each tighter constraint. */
	List<String> changes() {
		compare(minimum(this.oldSchema), minimum(this.newSchema), 1);
		compare(maximum(this.oldSchema), maximum(this.newSchema), -1);
		LOWER.forEach((keyword) -> compare(Bound.of(this.oldSchema, keyword), Bound.of(this.newSchema, keyword), 1));
		UPPER.forEach((keyword) -> compare(Bound.of(this.oldSchema, keyword), Bound.of(this.newSchema, keyword), -1));
		for (String keyword : OTHER) {
			JsonNode now = this.newSchema.keyword(keyword);
			JsonNode before = this.oldSchema.keyword(keyword);
			if (!now.isMissingNode() && !now.equals(before)) {
				report(keyword, now.asString(), before.isMissingNode() ? null : before.asString());
			}
		}
		return this.changes;
	}

	private static @Nullable Bound minimum(SchemaView schema) {
		return tighter(Bound.of(schema, "minimum"), Bound.of(schema, "exclusiveMinimum"), 1);
	}

	private static @Nullable Bound maximum(SchemaView schema) {
		return tighter(Bound.of(schema, "maximum"), Bound.of(schema, "exclusiveMaximum"), -1);
	}

	private static @Nullable Bound tighter(@Nullable Bound inclusive, @Nullable Bound exclusive, int direction) {
		return (inclusive == null || (exclusive != null && exclusive.isTighter(inclusive, direction))) ? exclusive
				: inclusive;
	}

	private void compare(@Nullable Bound before, @Nullable Bound now, int direction) {
		if (now != null && (before == null || now.isTighter(before, direction))) {
			report(now.keyword, now.value.toString(), (before == null) ? null
					: before.value + (before.keyword.equals(now.keyword) ? "" : " " + before.keyword));
		}
	}

	private void report(String keyword, String now, @Nullable String before) {
		this.changes.add("is bounded more tightly: " + keyword + " is " + now + ", was "
				+ ((before != null) ? before : "not set"));
	}

	/**
	 * A bound of values. For whole numbers, an exclusive bound is the same as the next
	 * inclusive one.
	 */
	private record Bound(String keyword, BigDecimal value, boolean exclusive, boolean whole) {

		static @Nullable Bound of(SchemaView schema, String keyword) {
			JsonNode value = schema.keyword(keyword);
			return value.isNumber() ? new Bound(keyword, value.decimalValue(), keyword.startsWith("exclusive"),
					schema.types.contains("integer")) : null;
		}

		/**
		 * Returns whether this bound excludes values that another one allows.
		 * @param direction 1 for lower bounds, -1 for upper bounds
		 */
		boolean isTighter(Bound other, int direction) {
			BigDecimal edge = edge(direction);
			BigDecimal otherEdge = other.edge(direction);
			int order = (direction > 0) ? edge.compareTo(otherEdge) : otherEdge.compareTo(edge);
			return order > 0 || (order == 0 && excludesEdge() && !other.excludesEdge());
		}

		private boolean excludesEdge() {
			return this.exclusive && !this.whole;
		}

		/**
		 * Returns the last allowed whole number, otherwise the bound itself.
		 */
		private BigDecimal edge(int direction) {
			return (this.exclusive && this.whole) ? this.value.add(BigDecimal.valueOf(direction)) : this.value;
		}

	}

}
