package io.telemetryrouter.internal.event;

/**
 * The limit that ends loops of emits: the depth of nested emits, and their number under
 * one outermost emit.
 */
public record RecursionLimit(int maxDepth, int maxNestedEmits) {

	/** Returns whether one more emit is permitted under a cause, and counts it. */
	public boolean permits(Cause cause) {
		// The counter stops at the limit, so that it cannot overflow.
		return cause.depth < this.maxDepth && cause.nested.get() < this.maxNestedEmits
				&& cause.nested.incrementAndGet() <= this.maxNestedEmits;
	}

}
