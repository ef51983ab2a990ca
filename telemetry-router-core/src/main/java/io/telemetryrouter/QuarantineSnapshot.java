package io.telemetryrouter;

import java.time.Instant;

/**
 * A handler's quarantine.
 *
 * @param since when it began
 * @param nextAttempt when the delay ends; the next event after that is the probe, unless
 * an abandoned call has not returned
 * @param times how many quarantines the handler has had since it was registered, this one
 * included; a failed probe does not begin a new one
 * @param skipped how many events were dropped during this quarantine
 * @since 0.1.0
 */
public record QuarantineSnapshot(Instant since, Instant nextAttempt, long times, long skipped) {
}
