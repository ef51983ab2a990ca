package io.telemetryrouter.sample.play;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.sample.agent.Conversation;
import io.telemetryrouter.sample.agent.Customer;
import io.telemetryrouter.sample.agent.Model;
import io.telemetryrouter.sample.agent.TokenUsage;
import io.telemetryrouter.sample.agent.ToolException;
import io.telemetryrouter.sample.agent.ToolRequest;
import io.telemetryrouter.sample.agent.ToolStatus;
import io.telemetryrouter.sample.agent.Toolbox;
import io.telemetryrouter.sample.play.RecordedRun.AssistantTurn;
import io.telemetryrouter.sample.play.RecordedRun.RecordedCall;
import io.telemetryrouter.sample.play.RecordedRun.SystemTurn;
import io.telemetryrouter.sample.play.RecordedRun.Turn;
import io.telemetryrouter.sample.play.RecordedRun.UserTurn;

/**
 * Customer, model and tools of a recorded run. Token counts are estimates. Not
 * thread-safe.
 */
final class Replay implements Customer, Model, Toolbox {

	private final List<Turn> turns;

	/**
	 * Calls of the latest response, in order: a recording may repeat a call with its id.
	 */
	private final List<RecordedCall> unanswered = new ArrayList<>();

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
	public boolean awaitsAnswer() {
		return current() instanceof AssistantTurn;
	}

	@Override
	public Response respond(Conversation conversation) {
		if (current() instanceof AssistantTurn turn) {
			return advance(response(turn, conversation));
		}
		throw new IllegalStateException("The recording has no response here");
	}

	@Override
	public String call(ToolRequest request) {
		RecordedCall recorded = this.unanswered.stream()
			.filter((candidate) -> candidate.call().tool().equals(request.tool()))
			.findFirst()
			.orElse(null);
		this.unanswered.remove(recorded);
		String answer = (recorded != null) ? recorded.answer() : null;
		if (answer == null) {
			throw new ToolException(ToolStatus.FAILED, "Error: the recording has no answer");
		}
		if (answer.startsWith("Error")) {
			throw new ToolException(ToolStatus.FAILED, answer);
		}
		return answer;
	}

	@Override
	public Set<String> tools() {
		return tools(this.turns);
	}

	@Override
	public Set<String> finalTools() {
		int last = this.turns.size() - 1;
		if (last < 0) {
			return Set.of();
		}
		Set<String> tools = tools(this.turns.subList(last, last + 1));
		tools.removeAll(tools(this.turns.subList(0, last)));
		return tools;
	}

	private static Set<String> tools(List<Turn> turns) {
		Set<String> tools = new LinkedHashSet<>();
		for (Turn turn : turns) {
			if (turn instanceof AssistantTurn assistant) {
				assistant.calls().forEach((call) -> tools.add(call.call().tool()));
			}
		}
		return tools;
	}

	private Response response(AssistantTurn turn, Conversation conversation) {
		long written = turn.content().length();
		for (RecordedCall recorded : turn.calls()) {
			written += recorded.call().arguments().length();
		}
		this.unanswered.clear();
		this.unanswered.addAll(turn.calls());
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
