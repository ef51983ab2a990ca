package io.telemetryrouter.internal.metrics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.FailureSnapshot;

/**
 * The last failures of a handler. Thread-safe.
 */
public final class RecentFailures {

	private static final int LIMIT = 10;

	private static final int MAX_MESSAGE_LENGTH = 500;

	private volatile List<FailureSnapshot> latestFirst = List.of();

	public void add(String event, Throwable error, Instant at) {
		FailureSnapshot failure = new FailureSnapshot(event, error.getClass().getName(), at, message(error));
		synchronized (this) {
			List<FailureSnapshot> all = new ArrayList<>(LIMIT);
			all.add(failure);
			all.addAll(this.latestFirst.subList(0, Math.min(this.latestFirst.size(), LIMIT - 1)));
			this.latestFirst = List.copyOf(all);
		}
	}

	private static @Nullable String message(Throwable error) {
		try {
			String message = error.getMessage();
			return (message != null && message.length() > MAX_MESSAGE_LENGTH)
					? message.substring(0, MAX_MESSAGE_LENGTH) + "\u2026" : message;
		}
		catch (Throwable ex) {
			return null;
		}
	}

	public List<FailureSnapshot> latestFirst() {
		return this.latestFirst;
	}

}
