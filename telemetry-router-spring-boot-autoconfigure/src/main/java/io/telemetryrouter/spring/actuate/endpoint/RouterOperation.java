package io.telemetryrouter.spring.actuate.endpoint;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * The write operations of the endpoint on a router or on one of its handlers.
 */
enum RouterOperation {

	PAUSE("pause", "paused"),

	RESUME("resume", "resumed"),

	FLUSH("flush", "flushed"),

	RELEASE("release", "released"),

	RESET_MAXIMA("resetMaxima", "reset the maxima of"),

	REPLAY("replay", "replayed the journal to"),

	STOP_REPLAY("stopReplay", "stopped the replay of the journal to");

	/** The operations on one handler. */
	static final Set<RouterOperation> OF_HANDLER = EnumSet.range(PAUSE, RESET_MAXIMA);

	/** The operations on the whole router. */
	static final Set<RouterOperation> OF_ROUTER = EnumSet.of(FLUSH, RESET_MAXIMA);

	private final String label;

	private final String pastTense;

	RouterOperation(String label, String pastTense) {
		this.label = label;
		this.pastTense = pastTense;
	}

	String label() {
		return this.label;
	}

	/**
	 * Returns the operation's verb in the past tense, for log lines.
	 */
	String pastTense() {
		return this.pastTense;
	}

	static RouterOperation of(@Nullable String label, Set<RouterOperation> known) {
		for (RouterOperation operation : known) {
			if (operation.label.equals(label)) {
				return operation;
			}
		}
		// The message does not quote the label, which may have any content
		String reason = "'operation' must be one of: "
				+ known.stream().map((operation) -> operation.label).collect(Collectors.joining(", "));
		throw new InvalidEndpointRequestException(reason, reason);
	}

}
