package io.telemetryrouter;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * The outcomes of the events offered to one handler, or the sum over several handlers.
 * While events are being dispatched the numbers may be off by those events; while the
 * router is idle they {@linkplain #isBalanced() balance}.
 *
 * @param offered how many events were offered, counted independently of the outcomes
 * @param handled how many calls returned
 * @param failed how many calls threw or were abandoned, and how many events did not reach
 * the handler because their emit ran out of stack or memory
 * @param filtered how many events a condition, payload-type selection or run rejected
 * @param dropped how many events were dropped, with a count for every reason
 * @param queued how many events wait in the queue or, with {@link OverflowPolicy#SPILL},
 * in the recorder
 * @param running how many calls have begun and not ended
 * @since 0.1.0
 */
public record HandlerAccount(long offered, long handled, long failed, long filtered, Map<DropReason, Long> dropped,
		long queued, long running) {

	/**
	 * An account with no events.
	 */
	public static final HandlerAccount EMPTY = new HandlerAccount(0, 0, 0, 0, Map.of(), 0, 0);

	public HandlerAccount {
		Map<DropReason, Long> all = new EnumMap<>(DropReason.class);
		for (DropReason reason : DropReason.values()) {
			all.put(reason, dropped.getOrDefault(reason, 0L));
		}
		dropped = Collections.unmodifiableMap(all);
	}

	/**
	 * {@return how many events were dropped for any reason}
	 */
	public long droppedTotal() {
		long total = 0;
		for (long count : this.dropped.values()) {
			total += count;
		}
		return total;
	}

	/**
	 * {@return whether the outcomes add up to the number of events offered}
	 */
	public boolean isBalanced() {
		return this.offered == this.handled + this.failed + this.filtered + droppedTotal() + this.queued + this.running;
	}

	/**
	 * Returns the sum of this account and another.
	 * @param other the other account
	 * @return the sum
	 */
	public HandlerAccount plus(HandlerAccount other) {
		Map<DropReason, Long> sum = new EnumMap<>(this.dropped);
		other.dropped.forEach((reason, count) -> sum.merge(reason, count, Long::sum));
		return new HandlerAccount(this.offered + other.offered, this.handled + other.handled,
				this.failed + other.failed, this.filtered + other.filtered, sum, this.queued + other.queued,
				this.running + other.running);
	}

}
