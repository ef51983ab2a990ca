package io.telemetryrouter.sample.agent;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.sample.agent.ApprovalDesk.Decision;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ApprovalDesk} and {@link AutoApprover}.
 */
class ApprovalDeskTests {

	private static final Duration LONG = Duration.ofMinutes(1);

	private static final ToolRequest PAY = new ToolRequest("1", "pay", "{}");

	@Test
	void whenApproverDecidesThenDecisionIsItsOwn() {
		CompletableFuture<Boolean> answer = new CompletableFuture<>();
		CompletableFuture<Decision> decision = desk((runId, call) -> answer, LONG).request("run", PAY);
		assertThat(decision).isNotDone();
		answer.complete(true);
		assertThat(decision).isCompletedWithValue(Decision.APPROVED);
	}

	@Test
	void whenNobodyDecidesThenRequestTimesOutAndApproversFutureIsLeftAlone() {
		CompletableFuture<Boolean> answer = new CompletableFuture<>();
		assertThat(desk((runId, call) -> answer, Duration.ofMillis(1)).request("run", PAY).join())
			.isEqualTo(Decision.TIMED_OUT);
		assertThat(answer).isNotDone();
	}

	@Test
	void whenApproverFailsThenNothingIsApproved() {
		assertThat(desk((runId, call) -> CompletableFuture.failedFuture(new IllegalStateException()), LONG)
			.request("run", PAY)
			.join()).isEqualTo(Decision.DENIED);
		assertThat(desk((runId, call) -> {
			throw new IllegalStateException();
		}, LONG).request("run", PAY).join()).isEqualTo(Decision.DENIED);
	}

	@Test
	void whenToolIsDeniedByNameThenAutoApproverDeniesIt() {
		AutoApprover approver = new AutoApprover(Set.of("pay"));
		assertThat(approver.ask("run", PAY).join()).isFalse();
		assertThat(approver.ask("run", new ToolRequest("1", "book", "{}")).join()).isTrue();
	}

	@Test
	void whenToolIsNotNamedThenItNeedsNoApproval() {
		ApprovalDesk desk = desk(new AutoApprover(Set.of()), LONG);
		assertThat(desk.isNeededFor("pay")).isTrue();
		assertThat(desk.isNeededFor("look")).isFalse();
	}

	private static ApprovalDesk desk(Approver approver, Duration timeout) {
		return new ApprovalDesk(approver, Set.of("pay"), timeout);
	}

}
