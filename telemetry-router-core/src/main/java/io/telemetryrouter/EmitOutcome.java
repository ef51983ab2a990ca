package io.telemetryrouter;

/**
 * The outcome of one emit, summed over its handlers.
 *
 * @param handled how many handlers handled the event
 * @param failed how many handlers threw an exception, or had their call abandoned
 * @param filtered how many handlers rejected it by their condition, payload-type
 * selection or run
 * @param dropped how many handlers did not receive it, for any {@link DropReason}
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
