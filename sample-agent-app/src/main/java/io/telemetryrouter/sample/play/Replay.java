package io.telemetryrouter.sample.play;

import java.util.IdentityHashMap;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.sample.agent.Conversation;
import io.telemetryrouter.sample.agent.Customer;
import io.telemetryrouter.sample.agent.Model;
import io.telemetryrouter.sample.agent.TokenUsage;
import io.telemetryrouter.sample.agent.ToolCall;
import io.telemetryrouter.sample.agent.ToolResult;
import io.telemetryrouter.sample.agent.Toolbox;
import io.telemetryrouter.sample.play.RecordedRun.AssistantTurn;
import io.telemetryrouter.sample.play.RecordedRun.RecordedCall;
import io.telemetryrouter.sample.play.RecordedRun.SystemTurn;
import io.telemetryrouter.sample.play.RecordedRun.Turn;
import io.telemetryrouter.sample.play.RecordedRun.UserTurn;

/**
 * Plays a recorded run to the agent: its customer, its model and its tools. Token counts
 * are estimates. Not thread-safe: a run has one thread.
 */
final class Replay implements Customer, Model, Toolbox {

	private static final ToolResult NO_ANSWER = new ToolResult("Error: the recording has no answer", true);

	private final List<Turn> turns;

	/** By identity, since a recording may repeat a call, id and all. */
	private final IdentityHashMap<ToolCall, ToolResult> results = new IdentityHashMap<>();

	private long systemCharacters;

	private int position;

	Replay(RecordedRun run) {
		this.turns = run.turns();
	}

	@Override
	public @Nullable String say() {
		return (current() instanceof UserTurn turn) ? advance(turn.text()) : null;
	}

	@Override
	public @Nullable Response respond(Conversation conversation) {
		return (current() instanceof AssistantTurn turn) ? advance(response(turn, conversation)) : null;
	}

	@Override
	public ToolResult call(ToolCall call) {
		return this.results.getOrDefault(call, NO_ANSWER);
	}

	private Response response(AssistantTurn turn, Conversation conversation) {
		long written = turn.content().length();
		for (RecordedCall recorded : turn.calls()) {
			written += recorded.call().arguments().length();
			String answer = recorded.answer();
			if (answer != null) {
				this.results.put(recorded.call(), new ToolResult(answer, answer.startsWith("Error")));
			}
		}
		TokenUsage usage = new TokenUsage(TokenEstimator.tokens(this.systemCharacters + conversation.characters()),
				TokenEstimator.tokens(written), true);
		return new Response(turn.content(), turn.calls().stream().map(RecordedCall::call).toList(), usage);
	}

	private @Nullable Turn current() {
		while (this.position < this.turns.size() && this.turns.get(this.position) instanceof SystemTurn turn) {
			this.systemCharacters += turn.text().length();
			this.position++;
		}
		return (this.position < this.turns.size()) ? this.turns.get(this.position) : null;
	}

	private <T> T advance(T result) {
		this.position++;
		return result;
	}

}
