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
 * raised. For the order of events emitted by handlers, see
 * {@link TelemetryEmitter#emit(String, Object)}.
 * <p>
 * <strong>Accounts.</strong> Every event offered to a handler ends as handled, failed,
 * filtered or dropped for a {@linkplain DropReason reason}, or is queued or running:
 * while the router is idle, the {@linkplain HandlerSnapshot numbers} of each handler add
 * up. {@code offered} is counted independently of the other numbers.
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
	default Subscription subscribe(String pattern, PayloadHandler<@Nullable Object> handler) {
		return subscribe(HandlerSpec.on(pattern).handler(handler).build());
	}

	/**
	 * Subscribes a synchronous handler to a declared event type. An event of the same
	 * name with a payload of another type does not reach it and is counted
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
	 * @throws IllegalStateException if the router is closed, if the handler has overflow
	 * policy {@link OverflowPolicy#SPILL} and the router has no recorder, or if the
	 * handler is a second recorder
	 */
	Subscription subscribe(HandlerSpec<?> spec);

	/**
	 * Subscribes a synchronous handler that receives exactly one event, regardless of the
	 * number of emitting threads, and is then unsubscribed.
	 * @param pattern a name or pattern
	 * @param handler the handler
	 * @return the handle that ends the registration early
	 * @throws IllegalArgumentException if the pattern is malformed
	 * @throws IllegalStateException if the router is closed
	 */
	default Subscription subscribeOnce(String pattern, PayloadHandler<@Nullable Object> handler) {
		return subscribe(HandlerSpec.on(pattern).once().handler(handler).build());
	}

	/**
	 * Subscribes a synchronous handler to every event.
	 * @param handler the handler
	 * @return the handle that ends the registration
	 * @throws IllegalStateException if the router is closed
	 */
	default Subscription subscribeAll(PayloadHandler<@Nullable Object> handler) {
		return subscribe("**", handler);
	}

	/**
	 * Returns a future of the next event that matches. The filter runs on the emitting
	 * thread; exceptions that it throws are caught and logged. The future completes on a
	 * thread of the router.
	 * <p>
	 * The future is not a handler and is not counted: it is in no snapshot and no
	 * {@link EmitOutcome}, and an event that only a future awaits counts as unhandled.
	 * @param pattern a name or pattern
	 * @param filter returns whether an event completes the future
	 * @param timeout how long to wait
	 * @return the future; it completes exceptionally with a
	 * {@link java.util.concurrent.TimeoutException} when the timeout expires, and is
	 * cancelled if the router closes first. Cancelling it ends the wait.
	 * @throws IllegalArgumentException if the pattern is malformed or the timeout is not
	 * positive
	 * @throws IllegalStateException if the router is closed
	 */
	CompletableFuture<TelemetryEvent<?>> next(String pattern, Predicate<TelemetryEvent<?>> filter, Duration timeout);

	/**
	 * Returns a future of the next event of a declared type, like
	 * {@link #next(String, Predicate, Duration)}. Events of that name with a payload of
	 * another class are ignored.
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
	 * from its queue) by every asynchronous handler, including handlers that are leaving
	 * with events still queued. Called inside a handler of any router in this process, it
	 * returns at once with the pending events, since it could wait for itself. While the
	 * router holds events, it first waits for {@link #start()}. Events that are queued at
	 * a paused handler are not processed, so the wait for them lasts until the timeout.
	 * An interrupt ends the wait early; the interrupt status stays set.
	 * @param timeout how long to wait at most; zero does not wait
	 * @return whether all events were processed, and the pending events by handler
	 */
	FlushResult flush(Duration timeout);

	/**
	 * Waits until one handler has processed every event emitted before this call, like
	 * {@link #flush(Duration)}. A synchronous handler has no pending events.
	 * @param handlerId the handler's id
	 * @param timeout how long to wait at most; zero does not wait
	 * @return whether all events were processed, and the pending events; {@code null} if
	 * no such handler is registered
	 */
	@Nullable FlushResult flush(String handlerId, Duration timeout);

	/**
	 * Waits until every asynchronous handler has processed every event of one run that
	 * was emitted before this call, like {@link #flush(Duration)}. It does not wait for
	 * events of other runs, unless an event of this run is queued behind them.
	 * @param runId the run's id; a run that the router does not know has nothing pending
	 * @param timeout how long to wait at most; zero does not wait
	 * @return whether all events were processed, and the pending events of this run
	 */
	FlushResult flushRun(String runId, Duration timeout);

	/**
	 * Delivers a recorded event to the handlers that
	 * {@linkplain HandlerSpec.Builder#replay opted in}, in the order and under the
	 * conditions of an emit. No other handler and no future of {@link #next} receives it,
	 * and it does not count as an emit of its name. In the accounts of its handlers it
	 * counts as any other event. If a handler takes payloads of another class, or the
	 * recorded payload cannot be read as the handler's class, the event is counted
	 * {@link DropReason#TYPE_MISMATCH}.
	 * <p>
	 * The caller is not an emitter: if the queue of an asynchronous handler is full, the
	 * caller waits until the queue is empty. It does not wait for a paused handler, or
	 * when called inside a handler; then the overflow policy applies. An interrupt ends
	 * the wait; the interrupt status stays set.
	 * <p>
	 * Events that a handler emits in turn are emitted normally: a handler that must not
	 * emit again checks {@link TelemetryEvent#replayed()}.
	 * @param event the event
	 * @return the number of handlers to which the event was offered
	 */
	int replay(RecordedEvent event);

	/**
	 * Pauses a handler. An asynchronous handler takes no further events from its queue;
	 * new events are queued, and its {@linkplain OverflowPolicy overflow policy} applies
	 * when the queue is full. Events offered to a synchronous handler are dropped,
	 * counted {@link DropReason#PAUSED}. A running call continues.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered, or the router is closed
	 */
	boolean pause(String handlerId);

	/**
	 * Ends a {@linkplain #pause(String) pause}: queued events are handled in order. Has
	 * no effect on a handler that is not paused. Closing the router ends all pauses, so
	 * that queued events are handled within the shutdown timeout.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered
	 */
	boolean resume(String handlerId);

	/**
	 * Ends a handler's quarantine at once: its next events are handled. Has no effect on
	 * a handler that is not quarantined.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered
	 */
	boolean release(String handlerId);

	/**
	 * Resets the longest call duration and the longest queue wait of a handler. Its other
	 * latency statistics are unchanged.
	 * @param handlerId the handler's id
	 * @return {@code false} if no such handler is registered
	 */
	boolean resetMaxima(String handlerId);

	/**
	 * Resets the longest latencies of all handlers and events.
	 */
	void resetMaxima();

	/**
	 * {@return counts and latencies of all handlers and events, as of now} Numbers are
	 * read one by one without stopping the router: they add up while it is idle.
	 */
	RouterSnapshot snapshot();

	/**
	 * Returns the part of the {@link #snapshot()} for one handler, at the cost of that
	 * handler only.
	 * @param handlerId the handler's id
	 * @return the handler's numbers, or {@code null} if no such handler is registered
	 */
	@Nullable HandlerSnapshot handlerSnapshot(String handlerId);

	/**
	 * Returns the part of the {@link #snapshot()} for one event name, at the cost of that
	 * name only.
	 * @param event the event's name
	 * @return the event's numbers, or {@code null} if the name is not tracked
	 */
	@Nullable EventSnapshot eventSnapshot(String event);

	/**
	 * {@return the current state of the spans that have not ended}
	 */
	SpanSnapshot spanSnapshot();

	/**
	 * Adds a listener for handlers and event names that are added or removed. It is first
	 * called for those that exist now; each is announced exactly once.
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
	 * routes events directly. A thread that emits meanwhile waits until the delivery has
	 * ended, for the block timeout at most. Has no effect on a router that does not
	 * {@linkplain TelemetryRouterBuilder#holdEvents(int) hold events}.
	 * @throws IllegalStateException if a handler has overflow policy
	 * {@link OverflowPolicy#SPILL} and the router has no recorder
	 */
	void start();

	/**
	 * Closes the router. Events emitted from then on are counted
	 * {@link DropReason#CLOSED}. Queued events are handled within the
	 * {@linkplain TelemetryRouterBuilder#shutdownTimeout(Duration) shutdown timeout};
	 * those left over are counted {@link DropReason#SHUTDOWN_TIMEOUT}. Asynchronous calls
	 * that exceed the timeout are interrupted and abandoned: they count as failed, and
	 * futures of {@link #emitAsync} complete. Futures of {@link #next} are cancelled. The
	 * totals are logged in one line.
	 * <p>
	 * If the closing thread is interrupted, before or during this call, the shutdown
	 * timeout ends at once, as with {@code ExecutorService.close()}: the events left over
	 * are dropped, running calls are interrupted, the line of the totals says so, and the
	 * thread stays interrupted.
	 * <p>
	 * Idempotent: a second call waits until the first has finished, or until it is
	 * interrupted. Called inside a handler of any router in this process, the router
	 * closes in the background. The call then returns at once or, inside an asynchronous
	 * handler, after the queues of the other handlers have been processed or the shutdown
	 * timeout has expired.
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
