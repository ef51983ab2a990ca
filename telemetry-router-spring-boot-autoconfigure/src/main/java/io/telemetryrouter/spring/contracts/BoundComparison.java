package io.telemetryrouter.spring.contracts;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Finds which bounds of a schema's values are tighter than those of another one.
 */
final class BoundComparison {

	private static final List<String> LOWER = List.of("minLength", "minItems", "minProperties");

	private static final List<String> UPPER = List.of("maxLength", "maxItems", "maxProperties");

	private static final List<String> OTHER = List.of("pattern", "multipleOf", "uniqueItems");

	private final SchemaView was;

	private final SchemaView is;

	private final List<String> changes = new ArrayList<>();

	BoundComparison(SchemaView was, SchemaView is) {
		this.was = was;
		this.is = is;
	}

	/** Returns the tighter bounds, a text for each. */
	List<String> changes() {
		compare(minimum(this.was), minimum(this.is), 1);
		compare(maximum(this.was), maximum(this.is), -1);
		LOWER.forEach((keyword) -> compare(Bound.of(this.was, keyword), Bound.of(this.is, keyword), 1));
		UPPER.forEach((keyword) -> compare(Bound.of(this.was, keyword), Bound.of(this.is, keyword), -1));
		for (String keyword : OTHER) {
			JsonNode now = this.is.keyword(keyword);
			JsonNode before = this.was.keyword(keyword);
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

	/** A limit of values, of which a whole number may take its neighbour's place. */
	private record Bound(String keyword, BigDecimal value, boolean exclusive, boolean whole) {

		static @Nullable Bound of(SchemaView schema, String keyword) {
			JsonNode value = schema.keyword(keyword);
			return value.isNumber() ? new Bound(keyword, value.decimalValue(), keyword.startsWith("exclusive"),
					schema.types.contains("integer")) : null;
		}

		/**
		 * Returns whether this excludes what another one allows.
		 * @param direction 1 for lower bounds, -1 for upper ones
		 */
		boolean isTighter(Bound other, int direction) {
			int order = edge(direction).compareTo(other.edge(direction)) * direction;
			return order > 0 || (order == 0 && excludesEdge() && !other.excludesEdge());
		}

		private boolean excludesEdge() {
			return this.exclusive && !this.whole;
		}

		/** The last allowed value of whole numbers; otherwise the bound itself. */
		private BigDecimal edge(int direction) {
			return (this.exclusive && this.whole) ? this.value.add(BigDecimal.valueOf(direction)) : this.value;
		}

	}

}
