package io.telemetryrouter.sample.agent;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.sample.agent.Model.Response;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link HandWrittenAgent} and {@link Session}.
 */
class HandWrittenAgentTests {

	private static final TokenUsage USAGE = new TokenUsage(10, 5, true);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<TelemetryEvent<?>> events = new ArrayList<>();

	private final Deque<String> says = new ArrayDeque<>();

	private final Deque<Response> responses = new ArrayDeque<>();

	@BeforeEach
	void listen() {
		this.router.subscribe(HandlerSpec.on("**").eventHandler(this.events::add).build());
	}

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenModelAnswersInTextThenEventsFollowTheConversation() {
		this.says.add("hello");
		this.responses.add(text("hi"));
		RunReport report = run(approving(true), (request) -> "");
		assertThat(names()).containsExactly("agent.run.started", "user_message_received", "model.call.started",
				"model.call.completed", "agent.run.completed");
		assertThat(this.events).extracting(TelemetryEvent::runId).containsOnly("run");
		assertThat(payloads(UserMessageReceived.class)).containsExactly(new UserMessageReceived("run", 5));
		ModelCall.Completed call = payloads(ModelCall.Completed.class).get(0);
		assertThat(call.requestModel()).isEqualTo("gpt-4o");
		assertThat(call.tokens()).isEqualTo(new Tokens(10, 5));
		assertThat(call.finishReasons()).containsExactly("stop");
		assertThat(report).isEqualTo(new RunReport(1, 1, Map.of(), USAGE));
	}

	@Test
	void whenModelCallsToolsThenEachCallIsOneSpanAndModelIsAskedAgain() {
		this.says.add("do");
		this.responses.addAll(List.of(calls("look", "break", "throw"), text("done")));
		RunReport report = run(approving(true), (request) -> switch (request.tool()) {
			case "look" -> "fine";
			case "break" -> throw new ToolException(ToolStatus.FAILED, "Error: broken");
			default -> throw new IllegalStateException("thrown");
		});
		assertThat(names()).containsExactly("agent.run.started", "user_message_received", "model.call.started",
				"model.call.completed", "tool.call.started", "tool.call.completed", "tool.call.started",
				"tool.call.failed", "tool.call.started", "tool.call.failed", "model.call.started",
				"model.call.completed", "agent.run.completed");
		assertThat(payloads(ToolCall.Completed.class)).extracting(ToolCall::tool).containsExactly("look");
		assertThat(payloads(AgentRun.Completed.class)).extracting(AgentRun.Completed::totals)
			.containsExactly(new AgentRun.Totals(2, 3, new Tokens(20, 10)));
		assertThat(report.toolExecutions()).isEqualTo(Map.of(ToolStatus.SUCCEEDED, 1, ToolStatus.FAILED, 2));
		assertThat(report.usage()).isEqualTo(new TokenUsage(20, 10, true));
	}

	@Test
	void whenToolSpendsMoneyThenItIsCalledOnlyOnceApproved() {
		this.says.add("buy");
		this.responses.addAll(List.of(calls("pay"), text("paid")));
		RunReport report = run(approving(true), (request) -> "ok");
		assertThat(payloads(ToolCall.Completed.class)).hasSize(1);
		assertThat(report.toolExecutions()).isEqualTo(Map.of(ToolStatus.SUCCEEDED, 1));
	}

	@Test
	void whenApprovalIsDeniedThenToolIsNotCalledAndItsSpanFails() {
		this.says.add("buy");
		this.responses.addAll(List.of(calls("pay"), text("sorry")));
		RunReport report = run(approving(false), (request) -> {
			throw new AssertionError("called without approval");
		});
		assertThat(payloads(ToolCall.Failed.class)).singleElement()
			.satisfies((failed) -> assertThat(failed.failure().type()).isEqualTo(ToolException.class.getName()));
		assertThat(payloads(ModelCall.Completed.class)).hasSize(2);
		assertThat(report.toolExecutions()).isEqualTo(Map.of(ToolStatus.DENIED, 1));
	}

	@Test
	void whenNobodyDecidesThenToolIsNotCalledAndItsSpanFails() {
		this.says.add("buy");
		this.responses.addAll(List.of(calls("pay"), text("sorry")));
		RunReport report = run((runId, request) -> new CompletableFuture<>(), (request) -> {
			throw new AssertionError("called without approval");
		});
		assertThat(payloads(ToolCall.Failed.class)).hasSize(1);
		assertThat(report.toolExecutions()).isEqualTo(Map.of(ToolStatus.APPROVAL_TIMED_OUT, 1));
	}

	@Test
	void whenModelFailsThenItsSpanAndTheRunFail() {
		this.says.add("hello");
		// Awaits an answer that the model does not have
		assertThatIllegalStateException().isThrownBy(() -> run(approving(true), (request) -> "", true));
		assertThat(names()).containsExactly("agent.run.started", "user_message_received", "model.call.started",
				"model.call.failed", "agent.run.failed");
	}

	private List<String> names() {
		return this.events.stream().map(TelemetryEvent::name).toList();
	}

	private <T> List<T> payloads(Class<T> type) {
		return this.events.stream().map(TelemetryEvent::payload).filter(type::isInstance).map(type::cast).toList();
	}

	private RunReport run(Approver approver, Function<ToolRequest, String> tools) {
		return run(approver, tools, false);
	}

	private RunReport run(Approver approver, Function<ToolRequest, String> tools, boolean impatient) {
		ApprovalDesk desk = new ApprovalDesk(approver, Set.of("pay"),
				Duration.ofMillis((approver instanceof FixedApprover) ? 60_000 : 1));
		Session session = new Session("run", new ScriptedCustomer(this.says, this.responses, impatient),
				(conversation) -> {
					Response response = this.responses.poll();
					if (response == null) {
						throw new IllegalStateException("model down");
					}
					return response;
				}, new ScriptedTools(tools), desk);
		new HandWrittenAgent(this.router, "gpt-4o").run(session);
		return session.report();
	}

	private static Approver approving(boolean approved) {
		return new FixedApprover(approved);
	}

	private static Response text(String text) {
		return new Response(text, List.of(), USAGE);
	}

	private static Response calls(String... tools) {
		return new Response("", List.of(tools).stream().map((tool) -> new ToolRequest("id", tool, "{}")).toList(),
				USAGE);
	}

	/**
	 * Decides at once.
	 */
	private record FixedApprover(boolean approved) implements Approver {

		@Override
		public CompletableFuture<Boolean> ask(String runId, ToolRequest request) {
			return CompletableFuture.completedFuture(this.approved);
		}

	}

	/**
	 * Says its messages first, and then waits for the model as long as it has responses.
	 */
	private record ScriptedCustomer(Deque<String> says, Deque<Response> responses,
			boolean impatient) implements Customer {

		@Override
		public @Nullable String say() {
			return this.says.poll();
		}

		@Override
		public boolean awaitsAnswer() {
			return this.says.isEmpty() && (this.impatient || !this.responses.isEmpty());
		}

	}

	/**
	 * Tools by function.
	 */
	private record ScriptedTools(Function<ToolRequest, String> function) implements Toolbox {

		@Override
		public String call(ToolRequest request) {
			return this.function.apply(request);
		}

		@Override
		public Set<String> tools() {
			return Set.of();
		}

		@Override
		public Set<String> finalTools() {
			return Set.of();
		}

	}

}
