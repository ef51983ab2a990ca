package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.RunBinding;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Dispatches recorded events, to the handlers that opted in: as an emit does, on routes
 * of these handlers only. Handlers that ask for payloads of different classes have routes
 * of their own, lanes first, so that the order is that of an emit.
 *
 * @since 0.1.0
 */
public final class Replay {

	private final Routes routes;

	private final Dispatcher dispatcher;

	private final EnvelopeSource envelopes;

	private final Ticker ticker;

	public Replay(Routes routes, Dispatcher dispatcher, EnvelopeSource envelopes, Ticker ticker) {
		this.routes = routes;
		this.dispatcher = dispatcher;
		this.envelopes = envelopes;
		this.ticker = ticker;
	}

	/** Returns to how many handlers an event was offered. */
	public int replay(RecordedEvent event) {
		EventPattern.requireName(event.name());
		List<Handler> handlers = this.routes.replayed(event.name());
		for (List<Handler> group : groups(handlers)) {
			for (Handler handler : group) {
				awaitRoom(handler.lane());
			}
			dispatch(event, this.routes.replayed(event.name(), group), group.get(0).options.recordedType());
		}
		return handlers.size();
	}

	/** Splits handlers, lanes first, where the class of payload changes. */
	private static List<List<Handler>> groups(List<Handler> handlers) {
		if (handlers.size() <= 1) {
			return handlers.isEmpty() ? List.of() : List.of(handlers);
		}
		List<Handler> ordered = new ArrayList<>(handlers);
		ordered.sort(Comparator.comparing((handler) -> handler.lane() == null));
		List<List<Handler>> groups = new ArrayList<>();
		Class<?> type = null;
		for (Handler handler : ordered) {
			if (type != handler.options.recordedType()) {
				type = handler.options.recordedType();
				groups.add(new ArrayList<>());
			}
			groups.get(groups.size() - 1).add(handler);
		}
		return groups;
	}

	private void dispatch(RecordedEvent event, Route route, Class<?> type) {
		Object payload;
		try {
			payload = event.payload(type);
		}
		catch (Exception | LinkageError | StackOverflowError ex) {
			Dispatcher.drop(route, DropReason.TYPE_MISMATCH, 1);
			return;
		}
		Envelope<?> envelope = this.envelopes.envelope(event, payload, this.ticker.now());
		RunBinding outer = RunBinding.enter(envelope.run());
		try {
			this.dispatcher.dispatch(route, payload, null, envelope);
		}
		finally {
			RunBinding.restore(outer);
		}
	}

	/** Waits while a queue is full: a recording has time. */
	private static void awaitRoom(@Nullable Lane lane) {
		while (lane != null && lane.size() >= lane.capacity() && !lane.isPaused()
				&& !DispatchStacks.isInsideHandler()) {
			CountDownLatch processed = new CountDownLatch(1);
			lane.whenProcessed(processed, null);
			try {
				// A pause may begin meanwhile.
				processed.await(100, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			finally {
				lane.forget(processed);
			}
		}
	}

}
