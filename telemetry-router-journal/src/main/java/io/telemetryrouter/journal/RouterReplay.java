package io.telemetryrouter.journal;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * One replay to the handlers of a router. Used by one thread.
 */
final class RouterReplay implements TelemetryReplayer.ReplayHandler {

	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

	private final TelemetryRouter router;

	private final RecordedPayloads payloads;

	/** Payload classes by event name. */
	private final Map<String, Class<?>> types = new HashMap<>();

	private final Set<String> remarks = new LinkedHashSet<>();

	long unhandled;

	long unreadable;

	long unknownFields;

	/**
	 * Takes the payload class of an event from its contract, or else from its handlers.
	 */
	RouterReplay(TelemetryRouter router, RecordedPayloads payloads, Collection<? extends EventType<?>> contracts) {
		this.router = router;
		this.payloads = payloads;
		for (HandlerSnapshot handler : router.snapshot().handlers().values()) {
			if (!handler.isWildcard() && isConcrete(handler.payloadType())) {
				handler.patterns().forEach((name) -> this.types.merge(name, handler.payloadType(), this::closer));
			}
		}
		contracts.forEach((type) -> this.types.put(type.name(), type.payloadType()));
	}

	private static boolean isConcrete(Class<?> type) {
		return type != Object.class && !Modifier.isAbstract(type.getModifiers());
	}

	/** Returns the subclass of two classes, or {@link Object} if they are unrelated. */
	private Class<?> closer(Class<?> one, Class<?> other) {
		if (one.isAssignableFrom(other)) {
			return other;
		}
		return other.isAssignableFrom(one) ? one : Object.class;
	}

	@Override
	public void handle(JournalRecord line) {
		List<String> unknown = new ArrayList<>();
		RecordedLine event = new RecordedLine(line, this.payloads, this.types.getOrDefault(line.name(), Object.class),
				unknown);
		if (this.router.replay(event) == 0) {
			this.unhandled++;
			remark("Event '" + line.name() + "': no handler has opted in to its replay");
			return;
		}
		String reason = event.unreadable();
		if (reason != null) {
			this.unreadable++;
			remark("Event '" + line.name() + "': " + reason + ", first in line " + line.sequence());
		}
		this.unknownFields += unknown.size();
		unknown.forEach((field) -> remark("Event '" + line.name() + "': " + field));
	}

	/** Adds a remark that can be logged: names in a journal may have any characters. */
	private void remark(String remark) {
		if (this.remarks.size() < TelemetryReplayer.MAX_PROBLEMS) {
			this.remarks.add(UNPRINTABLE.matcher(remark).replaceAll("\uFFFD"));
		}
	}

	List<String> remarks() {
		return List.copyOf(this.remarks);
	}

}
