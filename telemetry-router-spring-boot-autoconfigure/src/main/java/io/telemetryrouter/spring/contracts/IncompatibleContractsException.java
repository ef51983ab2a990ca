package io.telemetryrouter.spring.contracts;

import java.util.List;

/**
 * Thrown when contracts have changed in a way that breaks who reads their payloads. Its
 * message shows the difference.
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
	 * Returns what has changed, a line for each change.
	 * @return the lines
	 */
	public List<String> getChanges() {
		return this.changes;
	}

}
