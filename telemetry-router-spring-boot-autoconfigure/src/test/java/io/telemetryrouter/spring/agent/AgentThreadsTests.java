package io.telemetryrouter.spring.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.LongStream;

import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.reactor.autoconfigure.ReactorAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.ai.SpringAiFixture;
import io.telemetryrouter.spring.autoconfigure.context.TelemetryRouterContextPropagationAutoConfiguration;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests that runs, their parents and their events are correct on virtual threads, if the
 * JVM has them, and with Reactor's context propagation. Each agent has a tool that calls
 * another agent.
 */
class AgentThreadsTests {

	private static final int AGENTS = 50;

	private final OpenAiStub stub = new OpenAiStub().answer(AgentThreadsTests::answer);

	private final ApplicationContextRunner propagating = SpringAiFixture.runner(this.stub)
		.withConfiguration(AutoConfigurations.of(ReactorAutoConfiguration.class,
				TelemetryRouterContextPropagationAutoConfiguration.class))
		.withPropertyValues("spring.reactor.context-propagation=auto");

	@AfterEach
	void close() {
		Hooks.disableAutomaticContextPropagation();
		this.stub.close();
	}

	private static Answer answer(JsonNode request) {
		JsonNode messages = request.get("messages");
		JsonNode last = messages.get(messages.size() - 1);
		boolean asks = last.get("role").asString().equals("user") && !last.toString().contains("inner");
		return asks ? Answer.tool("weather", "{\"city\":\"Oslo\"}") : Answer.text("done");
	}

	@Test
	void whenReactorPropagatesContextThenEventsOfTheApplicationBelongToItsRunAndItsToolsToTheAgents() {
		this.propagating.run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			SpringAiFixture.Tools tools = new SpringAiFixture.Tools();
			tools.inside.set(() -> router.emit("inside", 1));
			try (RunScope request = router.openRun("request")) {
				stream(context, tools).doOnNext((word) -> router.emit("word", word)).blockLast();
				assertThat(RunContext.current().runId()).isEqualTo(request.runId());
			}
			AgentEvents events = ended(context, 1);
			Run agent = events.single(AgentRun.Completed.class).run();
			assertThat(agent.parentId()).isEqualTo("request");
			assertThat(events.all()).allSatisfy((event) -> assertThat(event.runId()).as(event.name())
				.isEqualTo(event.name().equals("word") ? "request" : agent.id()));
			assertThat(events.names()).contains("word", "inside");
			assertThat(RunContext.current()).isNull();
		});
	}

	@Test
	void whenReactorPropagatesContextThenManyStreamsHaveTheirRuns() {
		this.propagating.run((context) -> {
			SpringAiFixture.Tools tools = new SpringAiFixture.Tools();
			tools.inside
				.set(() -> context.getBean(ChatClient.class).prompt("inner").stream().content().collectList().block());
			Flux.range(0, AGENTS).flatMap((agent) -> stream(context, tools), 8).blockLast();
			assertRuns(ended(context, 2 * AGENTS));
		});
	}

	@Test
	void whenAgentsOfSpringAiRunOnVirtualThreadsThenTheyHaveTheirRuns() {
		SpringAiFixture.runner(this.stub).run((context) -> {
			SpringAiFixture.Tools tools = new SpringAiFixture.Tools();
			ChatClient client = context.getBean(ChatClient.class);
			tools.inside.set(() -> client.prompt("inner").call().content());
			onManyThreads((agent) -> client.prompt("outer").tools(tools).call().content());
			assertRuns(ended(context, 2 * AGENTS));
		});
	}

	@Test
	void whenStreamsOfSpringAiRunOnVirtualThreadsThenTheyHaveTheirRuns() {
		SpringAiFixture.runner(this.stub).run((context) -> {
			SpringAiFixture.Tools tools = new SpringAiFixture.Tools();
			tools.inside.set(() -> context.getBean(ChatClient.class).prompt("inner").call().content());
			onManyThreads((agent) -> stream(context, tools).blockLast());
			assertRuns(ended(context, 2 * AGENTS));
		});
	}

	@Test
	void whenAgentsOfLangChain4jRunOnVirtualThreadsThenTheyHaveTheirRuns() {
		ExecutorService toolThreads = threads();
		LangChain4jFixture.runner(this.stub).run((context) -> {
			LangChain4jFixture.Tools tools = new LangChain4jFixture.Tools();
			Assistant assistant = AiServices.builder(Assistant.class)
				.chatModel(LangChain4jFixture.model(this.stub).build())
				.tools(tools)
				.executeToolsConcurrently(toolThreads)
				.build();
			tools.inside.set(() -> assistant.chat("inner"));
			onManyThreads((agent) -> assistant.chat("outer"));
			assertRuns(ended(context, 2 * AGENTS));
		});
		toolThreads.shutdown();
	}

	private Flux<String> stream(ApplicationContext context, SpringAiFixture.Tools tools) {
		return context.getBean(ChatClient.class).prompt("outer").tools(tools).stream().content();
	}

	private static void onManyThreads(Consumer<Integer> agent) throws Exception {
		ExecutorService executor = threads();
		List<Future<?>> agents = new ArrayList<>();
		for (int i = 0; i < AGENTS; i++) {
			int number = i;
			agents.add(executor.submit(() -> {
				agent.accept(number);
				assertThat(RunContext.current()).isNull();
			}));
		}
		for (Future<?> each : agents) {
			each.get(60, TimeUnit.SECONDS);
		}
		executor.shutdown();
	}

	/** Returns an executor of virtual threads if the JVM has them. */
	private static ExecutorService threads() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (ReflectiveOperationException ex) {
			return Executors.newFixedThreadPool(8);
		}
	}

	private static void assertRuns(AgentEvents events) {
		List<Run> runs = events.payloads(AgentRun.Completed.class).stream().map(AgentRun.Completed::run).toList();
		List<String> outer = runs.stream().filter((run) -> run.parentId() == null).map(Run::id).toList();
		assertThat(outer).hasSize(AGENTS).doesNotHaveDuplicates();
		assertThat(runs).filteredOn((run) -> run.parentId() != null)
			.allSatisfy((run) -> assertThat(run.rootId()).isEqualTo(run.parentId()))
			.extracting(Run::parentId)
			.containsExactlyInAnyOrderElementsOf(outer);
		assertThat(events.payloads(ToolCall.Completed.class)).extracting((call) -> call.run().id())
			.containsExactlyInAnyOrderElementsOf(outer);
		for (Run run : runs) {
			List<TelemetryEvent<?>> own = events.all()
				.stream()
				.filter((event) -> run.id().equals(event.runId()))
				.toList();
			assertThat(own).extracting(TelemetryEvent::runSequence)
				.containsExactlyInAnyOrderElementsOf(
						LongStream.rangeClosed(1, (run.parentId() == null) ? 8 : 4).boxed().toList());
			assertThat(own).extracting(TelemetryEvent::parentRunId).containsOnly(run.parentId());
		}
	}

	private static AgentEvents ended(ApplicationContext context, int runs) {
		AgentEvents events = context.getBean(AgentEvents.class);
		await().atMost(Duration.ofSeconds(60)).until(() -> events.payloads(AgentRun.class).size() == 2 * runs);
		return events;
	}

}
