package io.telemetryrouter.internal.metrics;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;

import io.telemetryrouter.RouterListener;

/**
 * Who is given each duration that a histogram records. Immutable.
 */
record Recorders(Map<RouterListener, LongConsumer> byListener) {

	static final Recorders NONE = new Recorders(Map.of());

	Recorders with(RouterListener listener, LongConsumer recorder) {
		Map<RouterListener, LongConsumer> all = new LinkedHashMap<>(this.byListener);
		all.put(listener, recorder);
		return new Recorders(all);
	}

	Recorders without(RouterListener listener) {
		Map<RouterListener, LongConsumer> all = new LinkedHashMap<>(this.byListener);
		all.remove(listener);
		return all.isEmpty() ? NONE : new Recorders(all);
	}

	void accept(long nanos) {
		try {
			for (LongConsumer recorder : this.byListener.values()) {
				recorder.accept(nanos);
			}
		}
		catch (Throwable ex) {
			// No stack, say: recorders do not throw. The histogram has the duration.
			return;
		}
	}

}
