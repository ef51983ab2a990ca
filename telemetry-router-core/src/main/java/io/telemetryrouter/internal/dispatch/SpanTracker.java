package io.telemetryrouter.internal.dispatch;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DanglingSpan;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.SpanSnapshot;
import io.telemetryrouter.SpanStatus;
import io.telemetryrouter.internal.event.Run;
import io.telemetryrouter.internal.event.SpanIdentity;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.Watchdog;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Tracks the spans that have started and not ended, and reports each dangling span once.
 * It refers to spans weakly: an unreachable span can no longer be ended and is reported
 * regardless of its age. Only the data of the latest reported spans are kept.
 * Thread-safe.
 */
public final class SpanTracker {

	private static final int LATEST = 20;

	private static final int MAX_NAMES = 256;

	private final long danglingNanos;

	private final Watchdog watchdog;

	private final Reporter reporter;

	private final InstantSource clock;

	private final Ticker ticker;

	private final Set<SpanIdentity> open = ConcurrentHashMap.newKeySet();

	/**
	 * The event names by span name. Reusing the same strings makes the route lookup
	 * faster.
	 */
	private final ConcurrentHashMap<String, String[]> eventNames = new ConcurrentHashMap<>();

	/** Guarded by this, like {@link #dangling}. */
	private final Deque<DanglingSpan> latest = new ArrayDeque<>();

	private long dangling;

	/**
	 * Creates a tracker. With 0 nanoseconds it only reports spans that were
	 * garbage-collected.
	 */
	public SpanTracker(long danglingNanos, Watchdog watchdog, Reporter reporter, InstantSource clock, Ticker ticker) {
		this.danglingNanos = danglingNanos;
		this.watchdog = watchdog;
		this.reporter = reporter;
		this.clock = clock;
		this.ticker = ticker;
	}

	/** Returns the event names of a span, indexed by {@link SpanStatus}. */
	String[] eventNames(String span) {
		String[] names = (span != null) ? this.eventNames.get(span) : null;
		if (names == null) {
			EventPattern.requireName(span);
			names = Stream.of(SpanStatus.values()).map((value) -> span + "." + value.label()).toArray(String[]::new);
			if (this.eventNames.size() < MAX_NAMES) {
				this.eventNames.put(span, names);
			}
		}
		return names;
	}

	long now() {
		return this.ticker.now();
	}

	SpanIdentity begin(OpenSpan span, String name, @Nullable SpanIdentity parent, @Nullable Run run) {
		this.watchdog.start();
		SpanIdentity started = new SpanIdentity(span, name, parent, run, now());
		this.open.add(started);
		return started;
	}

	void end(SpanIdentity span) {
		this.open.remove(span);
	}

	/** Reports dangling spans. Called by the watchdog and by {@link #snapshot}. */
	public void check() {
		List<DanglingSpan> found = new ArrayList<>();
		long now = now();
		for (SpanIdentity span : this.open) {
			boolean abandoned = span.refersTo(null);
			boolean late = this.danglingNanos > 0 && now - span.startedAt >= this.danglingNanos;
			// The removal fails if the span has ended or was reported meanwhile.
			if ((abandoned || late) && this.open.remove(span)) {
				found.add(dangling(span, now, abandoned));
			}
		}
		if (!found.isEmpty()) {
			this.reporter.danglingSpans(found);
		}
	}

	private DanglingSpan dangling(SpanIdentity identity, long now, boolean abandoned) {
		Duration age = Duration.ofNanos(now - identity.startedAt);
		DanglingSpan span = new DanglingSpan(identity.id(), identity.name, identity.runId,
				this.clock.instant().minus(age), age, abandoned);
		synchronized (this) {
			this.dangling++;
			if (this.latest.size() == LATEST) {
				this.latest.removeLast();
			}
			this.latest.addFirst(span);
		}
		return span;
	}

	public SpanSnapshot snapshot() {
		check();
		int open = this.open.size();
		synchronized (this) {
			return new SpanSnapshot(open, this.dangling, List.copyOf(this.latest));
		}
	}

}
