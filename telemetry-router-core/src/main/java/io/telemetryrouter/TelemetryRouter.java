package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Arguments;

/**
 * Routes events from emitters to handlers, in process.
 * <p>
 * Safe for use by any number of threads; handlers may emit, subscribe, unsubscribe and
 * close. No lock is held while handler code runs.
 * <p>
 * <strong>Order.</strong> Handlers of an event run by ascending priority; ties go to the
 * exact name before a pattern before {@code **}, then to the earlier registration. An
 * asynchronous handler receives the events of one thread in the order of their emits, one
 * at a time unless its {@linkplain HandlerSpec.Builder#concurrency(int) concurrency} is
 * raised. How events that handlers emit are ordered after their cause:
 * {@link TelemetryEmitter#emit(String, Object)}.
 * <p>
 * <strong>Accounts.</strong> Every event offered to a handler ends as handled, failed,
 * filtered or dropped for a {@linkplain DropReason reason}, or is queued or running:
 * whenever the router is quiet the {@linkplain HandlerSnapshot numbers} of each handler
 * add up, and {@code offered} is counted on its own.
 *
 * @since 0.1.0
 */
public interface TelemetryRouter extends TelemetryEmitter, AutoCloseable {

	/**
	 * Subscribes a synchronous handler to a name or pattern.
	 * @param pattern a name, or a pattern: {@code *} stands for one segment, a trailing
	 * {@code **} for one or more, {@code **} alone for every name
	 * @param handler the handler
	 * @return the handle that ends the registration
	 * @throws IllegalArgumentException if the pattern is malformed
	 * @throws IllegalStateException if the router is closed
	 */
	default Subscription subscribe(String pattern, PayloadHandler<Object> handler) {
		return subscribe(HandlerSpec.on(pattern).handler(handler).build());
	}

	/**
	 * Subscribes a synchronous handler to a declared event type. A payload of another
	 * type under the same name does not reach it and is counted
	 * {@link DropReason#TYPE_MISMATCH}.
	 * @param <T> the payload type
	 * @param type the event's type
	 * @param handler the handler
	 * @return the handle that ends the registration
	 * @throws IllegalStateException if the router is closed
	 */
	default <T> Subscription subscribe(EventType<T> type, PayloadHandler<? super T> handler) {
		return subscribe(HandlerSpec.on(type).handler(handler).build());
	}

	/**
	 * Subscribes a handler with all its options.
	 * @param spec the handler and its options
	 * @return the handle that ends the registration
	 * @throws IllegalArgumentException if another handler has the same id
	 * @throws IllegalStateException if the router is closed
	 */
	Subscription subscribe(HandlerSpec<?> spec);

	/**
	 * Subscribes a synchronous handler that receives exactly one event, however many
	 * threads emit, and then leaves.
	 * @param pattern a name or pattern
	 * @param handler the handler
	 * @return the handle that ends the registration early
	 * @throws IllegalArgumentException if the pattern is malformed
	 * @throws IllegalStateException if the router is closed
	 */
	default Subscription subscribeOnce(String pattern, PayloadHandler<Object> handler) {
		return subscribe(HandlerSpec.on(pattern).once().handler(handler).build());
	}

	/**
	 * Subscribes a synchronous handler to every event.
	 * @param handler the handler
	 * @return the handle that ends the registration
	 * @throws IllegalStateException if the router is closed
	 */
	default Subscription subscribeAll(PayloadHandler<Object> handler) {
		return subscribe("**", handler);
	}

	/**
	 * Returns a future of the next event that matches. The filter runs on the emitting
	 * thread; what it throws is caught and logged. The future completes on a thread of
	 * the router.
	 * <p>
	 * The future is no handler and is counted nowhere: it is in no snapshot and no
	 * {@link EmitOutcome}, and an event that only a future awaits counts as unhandled.
	 * @param pattern a name or pattern
	 * @param filter returns whether an event is the one to complete with
	 * @param timeout how long to wait
	 * @return the future; it completes exceptionally with a
	 * {@link java.util.concurrent.TimeoutException} when the time is up, and is cancelled
	 * if the router closes first. Cancelling it ends the wait.
	 * @throws IllegalArgumentException if the pattern is malformed or the timeout is not
	 * positive
	 * @throws IllegalStateException if the router is closed
	 */
	CompletableFuture<TelemetryEvent<?>> next(String pattern, Predicate<TelemetryEvent<?>> filter, Duration timeout);

	/**
	 * Returns a future of the next event of a declared type, like
	 * {@link #next(String, Predicate, Duration)}. Events of that name with a payload of
	 * another class are passed over.
	 * @param <T> the payload type
	 * @param type the event's type
	 * @param timeout how long to wait
	 * @return the future
	 * @throws IllegalArgumentException if the type is null or the timeout is not positive
	 * @throws IllegalStateException if the router is closed
	 */
	@SuppressWarnings("unchecked")
	default <T> CompletableFuture<TelemetryEvent<T>> next(EventType<T> type, Duration timeout) {
		String name = Arguments.require(type, "type").name();
		CompletableFuture<?> next = next(name, (event) -> type.payloadType().isInstance(event.payload()), timeout);
		// No dependent future: cancelling must end the wait.
		return (CompletableFuture<TelemetryEvent<T>>) next;
	}

	/**
	 * Waits until every event emitted before this call has been processed (not just taken
	 * from its queue) by every asynchronous handler, those included that are leaving with
	 * events still queued. Called from inside a handler, of any router of this process,
	 * it returns at once with what is pending, since it could wait for itself. While the
	 * router holds events it waits for its {@linkplain #start() start} first. Events that
	 * are queued at a paused handler are not processed, so the wait for them lasts until
	 * the timeout. An interrupt ends the wait early and stays set.
	 * @param timeout how long to wait at most; zero does not wait
	 * @return whether everything was processed, and what is pending
	 */
	FlushResult flush(Duration timeout);

	/**
	 * Waits until one handler has processed every event emitted before this call, like
	 * {@link #flush(Duration)}. A synchronous handler always has.
	 * @param handlerId the handler's id
	 * @param timeout how long to wait at most; zero does not wait
	 * @return whether everything was processed, and what is pending; {@code null} if no
	 * such handler is registered
	 */
	@Nullable FlushResult flush(String handlerId, Duration timeout);

	/**
	 * Waits until every asynchronous handler has processed every event of one run that
	 * was emitted before this call, like {@link #flush(Duration)}. Events of other runs
	 * are not waited for, unless one of this run is queued behind them.
	 * @param runId the run's id; a run that the router does not know has nothing pending
	 * @param timeout how long to wait at most; zero does not wait
	 * @return whether everything was processed, and what is pending of this run
	 */
	FlushResult flushRun(String runId, Duration timeout);

	/**
	 * Hands a recorded event to the handlers that {@linkplain HandlerSpec.Builder#replay
	 * opted in}, in the order, and under the conditions, of an emit. No other handler
	 * sees it, nor a future of {@link #next}, and it does not count as an emit of its
	 * name. In the accounts of its handlers it counts as any other event. A handler that
	 * takes payloads of another class, or whose class the recorded payload cannot be read
	 * as, counts it {@link DropReason#TYPE_MISMATCH}.
	 * <p>
	 * The caller is no emitter, so it waits while an asynchronous handler's queue is
	 * full, until the queue is empty. It does not wait for a paused handler, or inside a
	 * handler; the overflow policy decides then. An interrupt ends the wait and stays
	 * set.
	 * <p>
	 * What a handler emits in turn is emitted: a handler that must not do so again asks
	 * {@link TelemetryEvent#replayed()}.
	 * @param event the event
	 * @return to how many handlers the event was offered
	 */
	int replay(RecordedEvent event);

	/**
	 * Pauses a handler. An asynchronous one takes nothing from its queue from then on;
	 * new events are queued, and when the queue is full its {@linkplain OverflowPolicy
	 * overflow policy} decides. Events offered to a synchronous one are dropped, counted
	 * {@link DropReason#PAUSED}. A call that has begun goes on.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered, or the router is closed
	 */
	boolean pause(String handlerId);

	/**
	 * Ends a {@linkplain #pause(String) pause}: queued events are handled in order. Does
	 * nothing to a handler that is not paused. Closing the router ends all pauses, so
	 * that what is queued is handled within the shutdown timeout.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered
	 */
	boolean resume(String handlerId);

	/**
	 * Ends a handler's quarantine at once: its next events are handled. Does nothing to a
	 * handler that is not quarantined.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered
	 */
	boolean release(String handlerId);

	/**
	 * Forgets how long the longest call of a handler took, and the longest wait in its
	 * queue. Everything else about its latencies stays.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered
	 */
	boolean resetMaxima(String handlerId);

	/**
	 * Forgets the longest latencies of all handlers and events.
	 */
	void resetMaxima();

	/**
	 * {@return counts and latencies of all handlers and events, as of now} Numbers are
	 * read one by one without stopping the router: they add up whenever it is quiet.
	 */
	RouterSnapshot snapshot();

	/**
	 * Returns one handler's part of the {@link #snapshot()}, at the cost of that handler
	 * only.
	 * @param handlerId the handler's id
	 * @return the handler's numbers, or {@code null} if no such handler is registered
	 */
	@Nullable HandlerSnapshot handlerSnapshot(String handlerId);

	/**
	 * Returns one event name's part of the {@link #snapshot()}, at the cost of that name
	 * only.
	 * @param event the event's name
	 * @return the event's numbers, or {@code null} if the name is not tracked
	 */
	@Nullable EventSnapshot eventSnapshot(String event);

	/**
	 * {@return what is known now of the spans that have begun and not ended}
	 */
	SpanSnapshot spanSnapshot();

	/**
	 * Adds a listener that is told about handlers and event names as they come and go,
	 * starting with those present now, each exactly once.
	 * @param listener the listener
	 */
	void addListener(RouterListener listener);

	/**
	 * Removes a listener and its recorders. A call that has begun may still be running.
	 * @param listener the listener
	 */
	void removeListener(RouterListener listener);

	/**
	 * Delivers the events held since the router was built, in order, and from then on
	 * routes directly. A thread that emits meanwhile waits until the delivery has ended,
	 * for the block timeout at most. Does nothing on a router that does not
	 * {@linkplain TelemetryRouterBuilder#holdEvents(int) hold events}.
	 */
	void start();

	/**
	 * Closes the router. Events emitted from then on are counted
	 * {@link DropReason#CLOSED}. Queued events are handled within the
	 * {@linkplain TelemetryRouterBuilder#shutdownTimeout(Duration) shutdown timeout};
	 * those left over are counted {@link DropReason#SHUTDOWN_TIMEOUT}. Asynchronous calls
	 * that outlive the timeout are interrupted and given up: they count as failed, and
	 * futures of {@link #emitAsync} complete. Futures of {@link #next} are cancelled. The
	 * totals are logged in one line.
	 * <p>
	 * Idempotent: a second call waits until the first has finished, or until it is
	 * interrupted. Called from inside a handler, of any router of this process, the
	 * router closes in the background: the call returns at once or, in an asynchronous
	 * handler, when the queues of the other handlers have been processed or the time is
	 * up.
	 */
	@Override
	void close();

	/**
	 * {@return a builder with the default settings}
	 */
	static TelemetryRouterBuilder builder() {
		return new TelemetryRouterBuilder();
	}

}
