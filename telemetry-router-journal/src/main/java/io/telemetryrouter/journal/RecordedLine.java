package io.telemetryrouter.journal;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RecordedEvent;

/**
 * Event that is read from a line. Handlers of the same payload class get the same payload
 * object. Used by one thread.
 */
final class RecordedLine implements RecordedEvent {

	private final JournalRecord line;

	private final RecordedPayloads payloads;

	/** The class of the event's payloads; {@link Object} if unknown. */
	private final Class<?> known;

	private final List<String> unknownMembers;

	private final Map<Class<?>, Object> read = new HashMap<>(2);

	private @Nullable String unreadable;

	RecordedLine(JournalRecord line, RecordedPayloads payloads, Class<?> known, List<String> unknownMembers) {
		this.line = line;
		this.payloads = payloads;
		this.known = known;
		this.unknownMembers = unknownMembers;
	}

	/** Returns the reason for which the payload could not be read, or {@code null}. */
	@Nullable String unreadable() {
		return this.unreadable;
	}

	@Override
	public String name() {
		return this.line.name();
	}

	@Override
	public long sequence() {
		return this.line.sequence();
	}

	@Override
	public Instant timestamp() {
		return this.line.time();
	}

	@Override
	public UUID id() {
		return uuid(this.line.id());
	}

	private static UUID uuid(String id) {
		try {
			return UUID.fromString(id);
		}
		catch (IllegalArgumentException ex) {
			// Another tool wrote the line. Each read of it returns the same id.
			return UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
		}
	}

	@Override
	public @Nullable String runId() {
		return this.line.runId();
	}

	@Override
	public @Nullable String parentRunId() {
		return this.line.parentRunId();
	}

	@Override
	public @Nullable UUID causationId() {
		String id = this.line.causationId();
		return (id != null) ? uuid(id) : null;
	}

	@Override
	public @Nullable Object payload(Class<?> type) {
		if (this.line.dataStatus() != DataStatus.COMPLETE) {
			this.unreadable = "its payload is " + this.line.dataStatus().name().toLowerCase(Locale.ROOT);
			throw new IllegalStateException(this.unreadable);
		}
		if (!this.line.hasData()) {
			return null;
		}
		Class<?> target = type.isAssignableFrom(this.known) ? this.known : type;
		Object payload = this.read.get(target);
		if (payload == null) {
			try {
				payload = this.payloads.read(this.line, target, this.unknownMembers);
			}
			catch (RuntimeException ex) {
				// Its message may quote the payload; the router reports only its class.
				this.unreadable = "its payload cannot be read as " + target.getName() + ": " + ex.getClass().getName();
				throw ex;
			}
			this.read.put(target, payload);
		}
		return payload;
	}

}
