package io.telemetryrouter.sample.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.sample.agent.Model.Response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link Agent}.
 */
class AgentTests {

	private static final TokenUsage USAGE = new TokenUsage(10, 5, true);

	private final RecordingEmitter telemetry = new RecordingEmitter();

	private final Deque<String> says = new ArrayDeque<>();

	private final Deque<Object> responses = new ArrayDeque<>();

	@Test
	void whenModelAnswersInTextThenEventsFollowTheConversation() {
		this.says.add("hello");
		turn(text("hi"));
		RunReport report = run(approving(true), (call) -> new ToolResult("", false));
		assertThat(this.telemetry.names()).containsExactly("agent_run_started", "user_message_received",
				"model_response_received", "agent_run_completed");
		assertThat(this.telemetry.payloads(UserMessageReceived.class))
			.containsExactly(new UserMessageReceived("run", 5));
		assertThat(report).isEqualTo(new RunReport(1, 1, Map.of(), USAGE));
	}

	@Test
	void whenModelCallsToolsThenEachCallIsOneEventAndModelIsAskedAgain() {
		this.says.add("do");
		turn(calls("look", "break", "throw"), text("done"));
		RunReport report = run(approving(true), (call) -> switch (call.tool()) {
			case "look" -> new ToolResult("fine", false);
			case "break" -> new ToolResult("Error: broken", true);
			default -> throw new IllegalStateException("thrown");
		});
		assertThat(this.telemetry.names()).containsExactly("agent_run_started", "user_message_received",
				"model_response_received", "tool_execution", "tool_execution", "tool_execution",
				"model_response_received", "agent_run_completed");
		assertThat(this.telemetry.payloads(ToolExecution.class)).extracting(ToolExecution::status)
			.containsExactly(ToolStatus.SUCCEEDED, ToolStatus.FAILED, ToolStatus.FAILED);
		assertThat(report.toolExecutions()).isEqualTo(Map.of(ToolStatus.SUCCEEDED, 1, ToolStatus.FAILED, 2));
		assertThat(report.usage()).isEqualTo(new TokenUsage(20, 10, true));
	}

	@Test
	void whenToolSpendsMoneyThenItIsCalledOnlyOnceApproved() {
		this.says.add("buy");
		turn(calls("pay"), text("paid"));
		run(approving(true), (call) -> new ToolResult("ok", false));
		assertThat(this.telemetry.payloads(ToolExecution.class)).extracting(ToolExecution::status)
			.containsExactly(ToolStatus.SUCCEEDED);
	}

	@Test
	void whenApprovalIsDeniedThenToolIsNotCalledAndStillOneEvent() {
		this.says.add("buy");
		turn(calls("pay"), text("sorry"));
		run(approving(false), (call) -> {
			throw new AssertionError("called without approval");
		});
		assertThat(this.telemetry.payloads(ToolExecution.class)).extracting(ToolExecution::status)
			.containsExactly(ToolStatus.DENIED);
		assertThat(this.telemetry.payloads(ModelResponseReceived.class)).hasSize(2);
	}

	@Test
	void whenNobodyDecidesThenToolIsNotCalledAndStillOneEvent() {
		this.says.add("buy");
		turn(calls("pay"), text("sorry"));
		run((runId, call) -> new CompletableFuture<>(), (call) -> {
			throw new AssertionError("called without approval");
		});
		assertThat(this.telemetry.payloads(ToolExecution.class)).extracting(ToolExecution::status)
			.containsExactly(ToolStatus.APPROVAL_TIMED_OUT);
	}

	@Test
	void whenModelFailsThenRunIsCompletedAsFailed() {
		this.says.add("hello");
		Agent agent = new Agent(this.telemetry, new ApprovalDesk(approving(true), Set.of(), Duration.ofMinutes(1)));
		assertThatIllegalStateException().isThrownBy(() -> agent.run("run", this.says::poll, (conversation) -> {
			if (conversation.messages().isEmpty()) {
				return null;
			}
			throw new IllegalStateException("model down");
		}, (call) -> new ToolResult("", false)));
		assertThat(this.telemetry.names()).containsExactly("agent_run_started", "user_message_received",
				"agent_run_completed");
		assertThat(this.telemetry.payloads(AgentRunCompleted.class)).singleElement()
			.satisfies((completed) -> assertThat(completed.failed()).isTrue());
	}

	private RunReport run(Approver approver, Toolbox toolbox) {
		Agent agent = new Agent(this.telemetry, new ApprovalDesk(approver, Set.of("pay"),
				Duration.ofMillis((approver instanceof FixedApprover) ? 60_000 : 1)));
		return agent.run("run", this.says::poll, this::respond, toolbox);
	}

	private Response respond(Conversation conversation) {
		// The customer begins; each of its turns ends with a marker
		if (conversation.messages().isEmpty()) {
			return null;
		}
		return (this.responses.poll() instanceof Response response) ? response : null;
	}

	private void turn(Response... responses) {
		this.responses.addAll(List.of(responses));
		this.responses.add("end of turn");
	}

	private static Approver approving(boolean approved) {
		return new FixedApprover(approved);
	}

	private static Response text(String text) {
		return new Response(text, List.of(), USAGE);
	}

	private static Response calls(String... tools) {
		return new Response("", List.of(tools).stream().map((tool) -> new ToolCall("id", tool, "{}")).toList(), USAGE);
	}

	/**
	 * Decides at once.
	 */
	private record FixedApprover(boolean approved) implements Approver {

		@Override
		public CompletableFuture<Boolean> ask(String runId, ToolCall call) {
			return CompletableFuture.completedFuture(this.approved);
		}

	}

}
