package io.telemetryrouter.spring.actuate.endpoint;

import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.test.StubRouter;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OperatorTrail}.
 */
@ExtendWith(OutputCaptureExtension.class)
class OperatorTrailTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private static final HandlerSnapshot ACTIVE = StubRouter.troubled("audit", HandlerStatus.ACTIVE, null);

	private static final HandlerSnapshot PAUSED = StubRouter.troubled("audit", HandlerStatus.PAUSED, null);

	private final List<AuditEvent> events = new ArrayList<>();

	private final OperatorTrail trail = new OperatorTrail(
			(event) -> this.events.add(((AuditApplicationEvent) event).getAuditEvent()),
			Clock.fixed(NOW, ZoneOffset.UTC));

	@Test
	void whenOperatorIsKnownThenLineAndAuditEventNameIt(CapturedOutput output) {
		this.trail.record(() -> "alice", RouterOperation.RELEASE, "audit", "");
		assertThat(output).contains("Operator 'alice' released telemetry handler 'audit'");
		assertThat(this.events).singleElement().satisfies((event) -> {
			assertThat(event.getPrincipal()).isEqualTo("alice");
			assertThat(event.getType()).isEqualTo("TELEMETRY_ROUTER_OPERATION");
			assertThat(event.getTimestamp()).isEqualTo(NOW);
			assertThat(event.getData()).isEqualTo(Map.of("operation", "release", "handler", "audit"));
		});
	}

	@Test
	void whenOperatorIsUnknownThenLineSaysSo(CapturedOutput output) {
		this.trail.record(null, RouterOperation.FLUSH, null, "; events still pending after 10 s: 3");
		assertThat(output)
			.contains("An operator without a name flushed all telemetry handlers; events still pending after 10 s: 3");
		assertThat(this.events).singleElement().extracting(AuditEvent::getPrincipal).isEqualTo("");
	}

	@Test
	void whenPrincipalHasNoNameThenLineSaysSo(CapturedOutput output) {
		this.trail.record(() -> null, RouterOperation.PAUSE, "audit", "");
		assertThat(output).contains("An operator without a name paused telemetry handler 'audit'");
		assertThat(this.events).singleElement().extracting(AuditEvent::getPrincipal).isEqualTo("");
	}

	@Test
	void whenNamesHaveLineBreaksThenTheyForgeNoLine(CapturedOutput output) {
		Principal mallory = () -> "mallory\nINFO all is well";
		this.trail.record(mallory, RouterOperation.PAUSE, "a\r\nb", "");
		assertThat(output).contains("Operator 'mallory\uFFFDINFO all is well' paused telemetry handler")
			.doesNotContain("\nINFO all is well");
	}

	@Test
	void whenAuditListenerFailsThenOperationStandsAndThereIsAWarning(CapturedOutput output) {
		OperatorTrail failing = new OperatorTrail((event) -> {
			throw new IllegalStateException("disk full");
		}, Clock.systemUTC());
		failing.record(() -> "alice", RouterOperation.PAUSE, "audit", "");
		assertThat(output).contains("Operator 'alice' paused telemetry handler 'audit'")
			.contains("A listener of audit events failed for operation 'pause'");
	}

	@Test
	void whenHandlerIsPausedThenTimeIsKeptUntilItNoLongerIs() {
		this.trail.paused(ACTIVE, new StubRouter().router());
		assertThat(this.trail.pausedSince(PAUSED)).isEqualTo(NOW);
		assertThat(this.trail.pausedSince(ACTIVE)).isNull();
		assertThat(this.trail.pausedSince(PAUSED)).isNull();
	}

	@Test
	void whenIdIsSubscribedAgainThenTimeOfTheRemovedHandlerIsForgotten() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			for (int i = 0; i < 10; i++) {
				Subscription subscription = subscribe(router, "audit-" + i);
				this.trail.paused(Objects.requireNonNull(router.handlerSnapshot("audit-" + i)), router);
				subscription.close();
			}
			subscribe(router, "audit-9");
			router.pause("audit-9");
			assertThat(this.trail.pausedSince(Objects.requireNonNull(router.handlerSnapshot("audit-9")))).isNull();
			assertThat(this.trail).extracting("pauses", as(InstanceOfAssertFactories.MAP)).hasSize(1);
		}
	}

	private static Subscription subscribe(TelemetryRouter router, String id) {
		return router.subscribe(HandlerSpec.on("x").id(id).handler((event, payload) -> {
		}).build());
	}

	@Test
	void whenHandlerWasPausedOtherwiseThenTimeIsNotKnown() {
		this.trail.paused(PAUSED, new StubRouter().router());
		assertThat(this.trail.pausedSince(PAUSED)).isNull();
	}

}
