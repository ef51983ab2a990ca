package io.telemetryrouter.spring.test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

import org.mockito.Mockito;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.FailureSnapshot;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.LaneThread;
import io.telemetryrouter.LatencySnapshot;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.SpanSnapshot;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.TelemetryRouter;

import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.willAnswer;

/**
 * A router whose snapshots are set by a test.
 */
public final class StubRouter {

	private static final Instant LAST_SEEN = Instant.parse("2026-01-02T03:04:06Z");

	private final TelemetryRouter router = Mockito.mock(TelemetryRouter.class);

	private final Map<String, HandlerSnapshot> handlers = new LinkedHashMap<>();

	private final Map<String, EventSnapshot> events = new TreeMap<>();

	private final List<RouterListener> listeners = new ArrayList<>();

	private final Map<String, List<LongConsumer>> recorders = new LinkedHashMap<>();

	private HandlerAccount retired = HandlerAccount.EMPTY;

	private int held;

	private SpanSnapshot spans = SpanSnapshot.EMPTY;

	public StubRouter() {
		given(this.router.handlerSnapshot(anyString()))
			.willAnswer((call) -> this.handlers.get(call.<String>getArgument(0)));
		given(this.router.eventSnapshot(anyString()))
			.willAnswer((call) -> this.events.get(call.<String>getArgument(0)));
		given(this.router.snapshot()).willAnswer((call) -> snapshot());
		given(this.router.spanSnapshot()).willAnswer((call) -> this.spans);
		willAnswer((call) -> {
			addListener(call.getArgument(0));
			return null;
		}).given(this.router).addListener(any());
	}

	private RouterSnapshot snapshot() {
		return new RouterSnapshot(new LinkedHashMap<>(this.handlers), new TreeMap<>(this.events), this.retired,
				this.held, new RouterSnapshot.Defaults(1000, 0, OverflowPolicy.DROP_NEWEST));
	}

	private void addListener(RouterListener listener) {
		this.listeners.add(listener);
		this.handlers.values().forEach(listener::handlerAdded);
		this.events.keySet().forEach((event) -> addRecorder(listener, event));
	}

	private void addRecorder(RouterListener listener, String event) {
		LongConsumer recorder = listener.eventAdded(event);
		if (recorder != null) {
			this.recorders.computeIfAbsent(event, (name) -> new ArrayList<>()).add(recorder);
		}
	}

	public TelemetryRouter router() {
		return this.router;
	}

	public StubRouter handler(HandlerSnapshot handler) {
		boolean added = this.handlers.put(handler.id(), handler) == null;
		if (added) {
			this.listeners.forEach((listener) -> listener.handlerAdded(handler));
		}
		return this;
	}

	/**
	 * Removes a handler, like the router before it notifies its listeners.
	 */
	public Runnable removeHandler(String id) {
		HandlerSnapshot last = this.handlers.remove(id);
		return () -> this.listeners.forEach((listener) -> listener.handlerRemoved(last));
	}

	/**
	 * Removes an event name and moves its counts to the others, like the router before it
	 * notifies its listeners.
	 */
	public Runnable forgetEvent(String name, EventSnapshot others) {
		this.events.remove(name);
		this.events.put(others.name(), others);
		return () -> this.listeners.forEach((listener) -> listener.eventRemoved(name));
	}

	public StubRouter event(EventSnapshot event) {
		boolean added = this.events.put(event.name(), event) == null;
		if (added) {
			this.listeners.forEach((listener) -> addRecorder(listener, event.name()));
		}
		return this;
	}

	/**
	 * Passes the latency of a dispatch to all recorders.
	 * @return the number of recorders
	 */
	public int dispatch(String event, Duration latency) {
		List<LongConsumer> recorders = this.recorders.getOrDefault(event, List.of());
		recorders.forEach((recorder) -> recorder.accept(latency.toNanos()));
		return recorders.size();
	}

	public StubRouter retired(HandlerAccount retired) {
		this.retired = retired;
		return this;
	}

	public StubRouter held(int held) {
		this.held = held;
		return this;
	}

	public StubRouter spans(SpanSnapshot spans) {
		this.spans = spans;
		return this;
	}

	public static HandlerAccount account(long offered, long handled, long failed, long filtered, long queueFull,
			long queued) {
		return new HandlerAccount(offered, handled, failed, filtered, Map.of(DropReason.QUEUE_FULL, queueFull), queued,
				0);
	}

	public static HandlerSnapshot sync(String id, String pattern, HandlerAccount account) {
		return new HandlerSnapshot(id, number(id), List.of(pattern), Object.class, HandlerMode.SYNC, 0, 0, 1,
				OverflowPolicy.DROP_NEWEST, null, 0, 0, Duration.ZERO, account, latency(account.handled()),
				latency(account.failed()), LatencySnapshot.EMPTY, 0, List.of(), HandlerStatus.ACTIVE, null, List.of(),
				"com.example.Observers", null, null);
	}

	public static HandlerSnapshot async(String id, List<String> patterns, HandlerAccount account, Duration oldestAge,
			FailureSnapshot lastFailure) {
		return new HandlerSnapshot(id, number(id), patterns, Object.class, HandlerMode.ASYNC, 10, 0, 1,
				OverflowPolicy.DROP_NEWEST, LaneThread.PLATFORM, 8, 0, oldestAge, account, latency(account.handled()),
				latency(account.failed()), latency(account.handled()), 3,
				(lastFailure != null) ? List.of(lastFailure) : List.of(), HandlerStatus.ACTIVE, null, List.of(),
				"com.example.Observers.onAny(Object)", "payload.cost > 1", LAST_SEEN);
	}

	public static HandlerSnapshot troubled(String id, HandlerStatus status, QuarantineSnapshot quarantine,
			StuckCall... stuckCalls) {
		return new HandlerSnapshot(id, number(id), List.of("**"), Object.class, HandlerMode.ASYNC, 0, 0, 1,
				OverflowPolicy.DROP_NEWEST, LaneThread.DEFAULT, 8, 0, Duration.ZERO, HandlerAccount.EMPTY,
				LatencySnapshot.EMPTY, LatencySnapshot.EMPTY, LatencySnapshot.EMPTY, 0, List.of(), status, quarantine,
				List.of(stuckCalls), "com.example.Observers", null, null);
	}

	public static HandlerSnapshot once(String id, String pattern) {
		return new HandlerSnapshot(id, number(id), List.of(pattern), Object.class, HandlerMode.SYNC, 0, 1, 1,
				OverflowPolicy.DROP_NEWEST, null, 0, 0, Duration.ZERO, HandlerAccount.EMPTY, LatencySnapshot.EMPTY,
				LatencySnapshot.EMPTY, LatencySnapshot.EMPTY, 0, List.of(), HandlerStatus.ACTIVE, null, List.of(),
				"com.example.Observers", null, null);
	}

	public static EventSnapshot event(String name, long emitted, long unhandled, String... handlers) {
		return new EventSnapshot(name, emitted, unhandled, emitted / 10, List.of(handlers), latency(emitted),
				(emitted != 0) ? LAST_SEEN : null);
	}

	/** Returns the same number for the same id. */
	private static long number(String id) {
		return id.hashCode();
	}

	/**
	 * Returns a snapshot of calls with a mean of 2 µs and a maximum of 1 µs times the
	 * count.
	 */
	private static LatencySnapshot latency(long count) {
		return new LatencySnapshot(count, count * 2_000, count * 1_000, 1_949, 11_750);
	}

}
