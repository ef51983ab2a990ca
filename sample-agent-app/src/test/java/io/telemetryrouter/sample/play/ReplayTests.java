package io.telemetryrouter.sample.play;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.sample.agent.ApprovalDesk;
import io.telemetryrouter.sample.agent.AutoApprover;
import io.telemetryrouter.sample.agent.Conversation;
import io.telemetryrouter.sample.agent.HandWrittenAgent;
import io.telemetryrouter.sample.agent.RunReport;
import io.telemetryrouter.sample.agent.Session;
import io.telemetryrouter.sample.agent.TokenUsage;
import io.telemetryrouter.sample.agent.ToolException;
import io.telemetryrouter.sample.agent.ToolRequest;
import io.telemetryrouter.sample.agent.ToolStatus;
import io.telemetryrouter.sample.play.RecordedRun.AssistantTurn;
import io.telemetryrouter.sample.play.RecordedRun.RecordedCall;
import io.telemetryrouter.sample.play.RecordedRun.SystemTurn;
import io.telemetryrouter.sample.play.RecordedRun.Turn;
import io.telemetryrouter.sample.play.RecordedRun.UserTurn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Replay} and {@link TokenEstimator}.
 */
class ReplayTests {

	@ParameterizedTest
	@CsvSource({ "0, 0", "1, 1", "4, 1", "5, 2", "8, 2", "9, 3" })
	void tokensAreRoundedUp(long characters, long tokens) {
		assertThat(TokenEstimator.tokens(characters)).isEqualTo(tokens);
	}

	@Test
	void whenRunIsPlayedThenPromptIsAllTextSoFar() {
		ToolRequest call = new ToolRequest("a", "look", "{\"x\":1}");
		RunReport report = play(new SystemTurn("12345678"), new UserTurn("1234"),
				new AssistantTurn("", List.of(new RecordedCall(call, "12345"))),
				new AssistantTurn("123456", List.of()));
		// 8 + 4 characters, then 7 of arguments and 5 of the answer more
		assertThat(report.usage()).isEqualTo(new TokenUsage(3 + 6, 2 + 2, true));
		assertThat(report.toolExecutions()).isEqualTo(Map.of(ToolStatus.SUCCEEDED, 1));
	}

	@Test
	void whenTurnsComeInAnyOrderThenNoneIsLost() {
		RunReport report = play(new AssistantTurn("welcome", List.of()), new UserTurn("one"), new UserTurn("two"),
				new AssistantTurn("a", List.of()), new AssistantTurn("b", List.of()), new UserTurn("three"));
		assertThat(report.userMessages()).isEqualTo(3);
		assertThat(report.modelResponses()).isEqualTo(3);
	}

	@Test
	void whenAnswerIsAnErrorOrMissingThenToolFailed() {
		RunReport report = play(new AssistantTurn("",
				List.of(new RecordedCall(new ToolRequest("a", "look", "{}"), "Error: nothing there"),
						new RecordedCall(new ToolRequest("a", "look", "{}"), "there"),
						new RecordedCall(new ToolRequest("a", "look", "{}"), null))));
		assertThat(report.toolExecutions()).isEqualTo(Map.of(ToolStatus.FAILED, 2, ToolStatus.SUCCEEDED, 1));
	}

	@Test
	void whenToolIsCalledTwiceThenItsAnswersComeInOrder() {
		Replay replay = replay(new AssistantTurn("",
				List.of(new RecordedCall(new ToolRequest("a", "look", "{}"), "one"),
						new RecordedCall(new ToolRequest("b", "find", "{}"), "two"),
						new RecordedCall(new ToolRequest("c", "look", "{}"), "three"))));
		replay.respond(new Conversation());
		ToolRequest look = new ToolRequest(null, "look", "{ }");
		assertThat(replay.call(look)).isEqualTo("one");
		assertThat(replay.call(look)).isEqualTo("three");
		assertThatExceptionOfType(ToolException.class).isThrownBy(() -> replay.call(look))
			.withMessage("Error: the recording has no answer");
	}

	@Test
	void whenRunEndsWithToolsThenThoseAreFinalThatWereNotCalledBefore() {
		AssistantTurn look = new AssistantTurn("",
				List.of(new RecordedCall(new ToolRequest("a", "look", "{}"), "one")));
		AssistantTurn transfer = new AssistantTurn("",
				List.of(new RecordedCall(new ToolRequest("b", "transfer", "{}"), "two")));
		assertThat(replay(look, transfer).finalTools()).containsExactly("transfer");
		assertThat(replay(look, transfer).tools()).containsExactly("look", "transfer");
		assertThat(replay(look, look).finalTools()).isEmpty();
		assertThat(replay(transfer, new UserTurn("bye")).finalTools()).isEmpty();
		assertThat(replay().finalTools()).isEmpty();
	}

	private static Replay replay(Turn... turns) {
		return new Replay(new RecordedRun("run", List.of(turns)));
	}

	private static RunReport play(Turn... turns) {
		ApprovalDesk desk = new ApprovalDesk(new AutoApprover(Set.of()), Set.of(), Duration.ofMinutes(1));
		Replay replay = replay(turns);
		Session session = new Session("run", replay, replay, replay, desk);
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			new HandWrittenAgent(router, "gpt-4o").run(session);
		}
		return session.report();
	}

}
