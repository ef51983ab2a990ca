package io.telemetryrouter.spring.actuate.endpoint;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;

/**
 * What the endpoint can do to a router or to one of its handlers.
 */
enum RouterOperation {

	PAUSE("pause", "paused"),

	RESUME("resume", "resumed"),

	FLUSH("flush", "flushed"),

	RELEASE("release", "released"),

	RESET_MAXIMA("resetMaxima", "reset the maxima of"),

	REPLAY("replay", "replayed the journal to");

	/** Those that one handler knows. */
	static final Set<RouterOperation> OF_HANDLER = EnumSet.complementOf(EnumSet.of(REPLAY));

	/** Those that the whole router knows. */
	static final Set<RouterOperation> OF_ROUTER = EnumSet.of(FLUSH, RESET_MAXIMA);

	private final String label;

	private final String did;

	RouterOperation(String label, String did) {
		this.label = label;
		this.did = did;
	}

	String label() {
		return this.label;
	}

	/**
	 * Returns what who carried it out did to a handler, in words.
	 */
	String did() {
		return this.did;
	}

	static RouterOperation of(@Nullable String label, Set<RouterOperation> known) {
		for (RouterOperation operation : known) {
			if (operation.label.equals(label)) {
				return operation;
			}
		}
		// Not repeated: it may be anything.
		String reason = "'operation' must be one of: "
				+ known.stream().map((operation) -> operation.label).collect(Collectors.joining(", "));
		throw new InvalidEndpointRequestException(reason, reason);
	}

}
