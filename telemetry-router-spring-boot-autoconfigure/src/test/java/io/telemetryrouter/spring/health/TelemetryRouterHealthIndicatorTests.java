package io.telemetryrouter.spring.health;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.QuarantineSnapshot;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.mockito.BDDMockito.given;

/**
 * Tests for {@link TelemetryRouterHealthIndicator}.
 */
class TelemetryRouterHealthIndicatorTests {

	private final StubRouter stub = new StubRouter();

	@Test
	void detailsSumHandlersAndThoseThatLeft() {
		this.stub.handler(StubRouter.sync("a", "x", StubRouter.account(7, 5, 1, 1, 0, 0)))
			.handler(StubRouter.async("b", List.of("x"), StubRouter.account(12, 3, 0, 0, 1, 8), Duration.ofSeconds(2),
					null))
			.handler(StubRouter.async("c", List.of("x"), StubRouter.account(1, 0, 0, 0, 0, 1), Duration.ofSeconds(1),
					null))
			.retired(StubRouter.account(2, 2, 0, 0, 0, 0));
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsExactly(entry("handlers", 3), entry("offered", 22L),
				entry("handled", 10L), entry("failed", 1L), entry("filtered", 1L),
				entry("dropped", Map.of("queue_full", 1L)), entry("queued", 9L), entry("running", 0L), entry("held", 0),
				entry("oldestAgeMicros", 2_000_000L), entry("fullQueues", List.of("b")),
				entry("quarantined", List.of()), entry("stuck", List.of()), entry("paused", List.of()),
				entry("danglingSpans", 0L));
	}

	@Test
	void whenHandlersAreQuarantinedStuckOrPausedThenUpAndDetailsNameThem() {
		QuarantineSnapshot quarantine = new QuarantineSnapshot(Instant.EPOCH, Instant.EPOCH, 1, 0);
		StuckCall call = new StuckCall("thread", "event", Instant.EPOCH, List.of(), false);
		this.stub.handler(StubRouter.troubled("sick", HandlerStatus.QUARANTINED, quarantine))
			.handler(StubRouter.troubled("hung", HandlerStatus.STUCK, null, call))
			.handler(StubRouter.troubled("both", HandlerStatus.PAUSED, quarantine, call));
		assertThat(health().getStatus()).isEqualTo(Status.UP);
		assertThat(health().getDetails()).containsEntry("quarantined", List.of("sick", "both"))
			.containsEntry("stuck", List.of("hung", "both"))
			.containsEntry("paused", List.of("both"));
	}

	@Test
	void whenThereAreNoHandlersThenStillUp() {
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.UP);
		assertThat(health.getDetails()).containsEntry("handlers", 0)
			.containsEntry("oldestAgeMicros", 0L)
			.containsEntry("fullQueues", List.of());
	}

	@Test
	void whenEverythingIsDroppedThenStillUp() {
		this.stub.handler(StubRouter.sync("a", "x", StubRouter.account(100, 0, 0, 0, 100, 0)))
			.retired(HandlerAccount.EMPTY);
		assertThat(health().getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void whenRouterThrowsThenUnknownWithoutMessage() {
		given(this.stub.router().snapshot()).willThrow(new IllegalStateException("a secret"));
		Health health = health();
		assertThat(health.getStatus()).isEqualTo(Status.UNKNOWN);
		assertThat(health.getDetails()).containsExactly(entry("error", "java.lang.IllegalStateException"));
	}

	private Health health() {
		TelemetryRouter router = this.stub.router();
		return new TelemetryRouterHealthIndicator(router).health();
	}

}
