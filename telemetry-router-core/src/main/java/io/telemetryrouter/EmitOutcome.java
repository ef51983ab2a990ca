package io.telemetryrouter;

/**
 * What became of one event, summed over its handlers.
 *
 * @param handled how many handlers handled it
 * @param failed how many threw
 * @param filtered how many handlers' conditions, or selections by payload type, rejected
 * it
 * @param dropped how many handlers did not get it, for any {@link DropReason}
 * @since 0.1.0
 */
public record EmitOutcome(int handled, int failed, int filtered, int dropped) {

	/**
	 * {@return how many handlers the event was offered to: the sum of all counts}
	 */
	public int offered() {
		return this.handled + this.failed + this.filtered + this.dropped;
	}

}
