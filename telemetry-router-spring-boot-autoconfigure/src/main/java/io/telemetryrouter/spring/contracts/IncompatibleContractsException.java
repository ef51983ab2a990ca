package io.telemetryrouter.spring.contracts;

import java.util.List;

/**
 * Thrown when contracts have changed in a way that breaks consumers of their payloads.
 * Its message lists the changes.
 *
 * @since 0.1.0
 */
public final class IncompatibleContractsException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final transient List<String> changes;

	IncompatibleContractsException(String message, List<String> changes) {
		super(message);
		this.changes = List.copyOf(changes);
	}

	/**
	 * Returns the incompatible changes, a line for each.
	 * @return the lines
	 */
	public List<String> getChanges() {
		return this.changes;
	}

}
