package io.telemetryrouter.sample;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.client.ChatClient;

import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.sample.agent.Agent;
import io.telemetryrouter.sample.agent.HandWrittenAgent;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.cost.CostRecorded;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that one recording comes to the same, run by run, whatever the agent is built
 * with.
 */
class ThreeAgentsTests {

	@Test
	void whenBundledRecordingIsPlayedThenAllAgentsTellTheSameOfEachRun() {
		Map<String, Counts> expected = play("default");
		assertThat(expected).hasSize(6);
		assertThat(total(expected)).isEqualTo(new Counts(27, 8, 2, new BigDecimal("0.0472525")));
		assertThat(play("spring-ai")).isEqualTo(expected);
		assertThat(play("langchain4j")).isEqualTo(expected);
	}

	@Test
	void whenRecordingHasWhatFrameworksFindHardThenAllAgentsTellTheSame(@TempDir Path directory) throws Exception {
		// Two messages in a row, a repeated call, an empty answer, an error, an end after
		// a tool that was called before, and one after a tool that was not
		Path recording = Files.writeString(directory.resolve("runs.jsonl"), """
				{"run_id": "hard", "messages": [{"role": "user", "content": "one"}, {"role": "user", "content": "two"},\
				 {"role": "assistant", "content": "see", "tool_calls": [%1$s, %3$s]},\
				 {"role": "tool", "tool_call_id": "a", "content": ""},\
				 {"role": "tool", "tool_call_id": "c", "content": "Error: gone"},\
				 {"role": "assistant", "content": "gone"}, {"role": "user", "content": "three"},\
				 {"role": "assistant", "content": null, "tool_calls": [%1$s]},\
				 {"role": "tool", "tool_call_id": "a", "content": "there"}]}
				{"run_id": "handed-over", "messages": [{"role": "user", "content": "a person, please"},\
				 {"role": "assistant", "content": null, "tool_calls": [%2$s]},\
				 {"role": "tool", "tool_call_id": "b", "content": "Transfer successful"}]}
				""".formatted(call("a", "look"), call("b", "transfer"), call("c", "look")));
		Map<String, Counts> expected = play("default", "--sample.recording=" + recording);
		assertThat(expected.get("hard")).returns(3, Counts::modelCalls)
			.returns(2, Counts::toolCalls)
			.returns(1, Counts::toolFailures);
		assertThat(expected.get("handed-over")).returns(1, Counts::modelCalls).returns(1, Counts::toolCalls);
		assertThat(play("spring-ai", "--sample.recording=" + recording)).isEqualTo(expected);
		assertThat(play("langchain4j", "--sample.recording=" + recording)).isEqualTo(expected);
	}

	@Test
	@EnabledIf("io.telemetryrouter.sample.SharedRecordingTests#isPresent")
	void whenSharedRecordingIsPlayedThenAllAgentsTellTheSameOfEachRun() {
		String recording = "--sample.recording=" + SharedRecordingTests.RECORDING;
		Map<String, Counts> expected = play("default", recording);
		assertThat(expected).hasSize(100);
		assertThat(total(expected)).returns(1229, Counts::modelCalls)
			.returns(572, (counts) -> counts.toolCalls() + counts.toolFailures());
		assertThat(play("spring-ai", recording)).isEqualTo(expected);
		assertThat(play("langchain4j", recording)).isEqualTo(expected);
	}

	@Test
	void whenNoProfileIsActiveThenFrameworksHaveNoBeans() {
		try (ConfigurableApplicationContext context = start("default")) {
			assertThat(context.getBean(Agent.class)).isInstanceOf(HandWrittenAgent.class);
			assertThat(context.getBeanNamesForType(ChatClient.Builder.class, true, false)).isEmpty();
			assertThat(context.getBeanDefinitionNames())
				.noneMatch((name) -> name.startsWith("toolCalling") || name.startsWith("chatClient"));
		}
	}

	private static String call(String id, String tool) {
		return "{\"id\": \"%s\", \"type\": \"function\", \"function\": {\"name\": \"%s\", \"arguments\": \"{}\"}}"
			.formatted(id, tool);
	}

	private static Map<String, Counts> play(String profile, String... args) {
		try (ConfigurableApplicationContext context = start(profile, args)) {
			FlushResult flushed = context.getBean(TelemetryRouter.class).flush(Duration.ofSeconds(30));
			assertThat(flushed.complete()).isTrue();
			return context.getBean(Ledger.class).countsByRun;
		}
	}

	private static ConfigurableApplicationContext start(String profile, String... args) {
		String[] all = new String[args.length + 2];
		all[0] = "--server.port=0";
		all[1] = "--spring.profiles.active=" + profile;
		System.arraycopy(args, 0, all, 2, args.length);
		return new SpringApplication(SampleAgentApplication.class, LedgerConfiguration.class).run(all);
	}

	private static Counts total(Map<String, Counts> countsByRun) {
		return countsByRun.values().stream().reduce(Counts.NONE, Counts::plus);
	}

	/**
	 * What a run came to.
	 */
	record Counts(int modelCalls, int toolCalls, int toolFailures, BigDecimal cost) {

		static final Counts NONE = new Counts(0, 0, 0, BigDecimal.ZERO);

		Counts plus(Counts other) {
			return new Counts(this.modelCalls + other.modelCalls, this.toolCalls + other.toolCalls,
					this.toolFailures + other.toolFailures, this.cost.add(other.cost));
		}

	}

	/**
	 * Counts by outermost run.
	 */
	static class Ledger {

		private final Map<String, Counts> countsByRun = new TreeMap<>();

		@TelemetryListener
		void onModelCall(ModelCall.Completed call) {
			add(call.run().rootId(), new Counts(1, 0, 0, BigDecimal.ZERO));
		}

		@TelemetryListener
		void onModelFailure(ModelCall.Failed call) {
			add(call.run().rootId(), new Counts(1, 0, 0, BigDecimal.ZERO));
		}

		@TelemetryListener
		void onTool(ToolCall.Completed call) {
			add(call.run().rootId(), new Counts(0, 1, 0, BigDecimal.ZERO));
		}

		@TelemetryListener
		void onToolFailure(ToolCall.Failed call) {
			add(call.run().rootId(), new Counts(0, 0, 1, BigDecimal.ZERO));
		}

		@TelemetryListener
		void onCost(CostRecorded cost) {
			add(cost.run().rootId(), new Counts(0, 0, 0, cost.amount()));
		}

		private synchronized void add(String runId, Counts counts) {
			this.countsByRun.merge(runId, counts, Counts::plus);
		}

	}

	/**
	 * Adds the ledger to the sample.
	 */
	@Configuration(proxyBeanMethods = false)
	static class LedgerConfiguration {

		@Bean
		Ledger ledger() {
			return new Ledger();
		}

	}

}
