package io.telemetryrouter.spring.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;

import org.springframework.boot.autoconfigure.AutoConfigurations;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.spring.ai.SpringAiFixture;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.langchain4j.TelemetryRouterLangChain4jAutoConfiguration;
import io.telemetryrouter.spring.cost.BudgetThreshold;
import io.telemetryrouter.spring.cost.CostRecorded;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for agents of both frameworks with adapters and costs.
 */
class ObservedAgentTests {

	private final OpenAiStub stub = new OpenAiStub();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenToolOfSpringAiCallsServiceOfLangChain4jThenItsRunIsNested() {
		this.stub.script(Answer.tool("weather", "{\"city\":\"Oslo\"}"), Answer.text("inner"), Answer.text("done"));
		SpringAiFixture.runner(this.stub)
			.withConfiguration(AutoConfigurations.of(TelemetryRouterLangChain4jAutoConfiguration.class))
			.run((context) -> {
				Assistant assistant = AiServices.builder(Assistant.class)
					.chatModel(LangChain4jFixture.model(this.stub).build())
					.build();
				SpringAiFixture.Tools tools = new SpringAiFixture.Tools();
				tools.inside.set(() -> assistant.chat("inner"));
				context.getBean(ChatClient.class).prompt("outer").tools(tools).call().content();
				AgentEvents events = context.getBean(AgentEvents.class);
				Run outer = events.payloads(AgentRun.Started.class).get(0).run();
				Run inner = events.payloads(AgentRun.Started.class).get(1).run();
				assertThat(outer.framework()).isEqualTo("spring-ai");
				assertThat(inner.framework()).isEqualTo("langchain4j");
				assertThat(inner.parentId()).isEqualTo(outer.id());
				assertThat(inner.rootId()).isEqualTo(outer.id());
			});
	}

	@Test
	void whenModelIsPricedThenItsCallsCauseCostsOfTheirRun() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub)
			.withConfiguration(AutoConfigurations.of(TelemetryRouterCostAutoConfiguration.class))
			.withBean(Alarm.class)
			.withPropertyValues("telemetry-router.cost.prices[0].model=gpt-4o*",
					"telemetry-router.cost.prices[0].input=2.50", "telemetry-router.cost.prices[0].output=10",
					"telemetry-router.cost.prices[0].cached-input=1.25", "telemetry-router.cost.budgets[0].name=run",
					"telemetry-router.cost.budgets[0].limit=0.000185",
					"telemetry-router.cost.budgets[0].thresholds=50,100")
			.run((context) -> {
				context.getBean(ChatClient.class).prompt("hello").tools(new SpringAiFixture.Tools()).call().content();
				AgentEvents events = context.getBean(AgentEvents.class);
				// (7 x 2.50 + 4 x 1.25 + 7 x 10) / 1,000,000
				assertThat(events.payloads(CostRecorded.class)).extracting(CostRecorded::amount)
					.hasSize(2)
					.allSatisfy((amount) -> assertThat(amount).isEqualByComparingTo("0.0000925"));
				assertThat(events.payloads(BudgetThreshold.class)).extracting((reached) -> reached.percent().intValue())
					.containsExactly(50, 100);
				assertThat(context.getBean(Alarm.class).reached).hasSize(1);
				Run run = events.single(AgentRun.Completed.class).run();
				List<TelemetryEvent<?>> calls = events.all()
					.stream()
					.filter((event) -> event.payload() instanceof ModelCall.Completed)
					.toList();
				List<TelemetryEvent<?>> costs = events.all()
					.stream()
					.filter((event) -> event.payload() instanceof CostRecorded)
					.toList();
				assertThat(costs).extracting(TelemetryEvent::runId).containsOnly(run.id());
				assertThat(costs).extracting(TelemetryEvent::causationId)
					.containsExactlyElementsOf(calls.stream().map(TelemetryEvent::id).toList());
			});
	}

	@Test
	void whenManyServicesRunAtOnceThenEachHasItsOwnEvents() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			ExecutorService threads = Executors.newFixedThreadPool(8);
			List<Future<String>> answers = new ArrayList<>();
			for (int i = 0; i < 50; i++) {
				answers.add(threads.submit(() -> context.getBean(Assistant.class).chat("hello")));
			}
			for (Future<String> answer : answers) {
				assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("done");
			}
			threads.shutdown();
			AgentEvents events = context.getBean(AgentEvents.class);
			List<AgentRun.Completed> runs = events.payloads(AgentRun.Completed.class);
			assertThat(runs).hasSize(50);
			for (AgentRun.Completed run : runs) {
				assertThat(run.run().parentId()).isNull();
				List<TelemetryEvent<?>> own = events.all()
					.stream()
					.filter((event) -> run.run().id().equals(event.runId()))
					.toList();
				assertThat(own).extracting(TelemetryEvent::name)
					.containsExactly("agent.run.started", "model.call.started", "model.call.completed",
							"tool.call.started", "tool.call.completed", "model.call.started", "model.call.completed",
							"agent.run.completed");
				assertThat(own).extracting(TelemetryEvent::runSequence).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
			}
		});
	}

	@Test
	void whenSettingIsMisspeltThenStartFails() {
		LangChain4jFixture.runner(this.stub)
			.withPropertyValues("telemetry-router.agent.capture-contents=true")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("telemetry-router.agent.capture-contents"));
	}

	static class Alarm {

		final List<BudgetThreshold> reached = new ArrayList<>();

		@TelemetryListener(condition = "payload.percent >= 100")
		void onThreshold(BudgetThreshold reached) {
			this.reached.add(reached);
		}

	}

}
