package io.telemetryrouter.spring.ai;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

import org.springframework.context.ApplicationContext;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.ai.SpringAiFixture.Tools;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;
import io.telemetryrouter.spring.test.OpenAiStub.Answer;
import io.telemetryrouter.spring.test.OpenAiStub.Ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the events of agents whose answers Spring AI streams.
 */
class SpringAiStreamTests {

	private final OpenAiStub stub = new OpenAiStub();

	private final Tools tools = new Tools();

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenStreamCallsToolThenRunEndsAfterItsCalls() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			assertThat(stream(context, "hello").collectList().block()).containsExactly("done");
			AgentEvents events = ended(context, 1);
			assertThat(events.names()).startsWith("agent.run.started", "model.call.started")
				.endsWith("model.call.completed", "agent.run.completed")
				.contains("tool.call.started", "tool.call.completed")
				.hasSize(8);
			AgentRun.Completed run = events.single(AgentRun.Completed.class);
			assertThat(run.started().streaming()).isTrue();
			assertThat(run.totals().modelCalls()).isEqualTo(2);
			assertThat(run.totals().tokens().input()).isEqualTo(22);
			assertThat(run.totals().tokens().output()).isEqualTo(14);
			assertThat(events.all()).extracting(TelemetryEvent::runId).containsOnly(run.run().id());
		});
	}

	@Test
	void whenAnswerIsStreamedThenTimeToFirstTokenIsKnown() {
		this.stub.script(Answer.tool("weather", "{\"city\":\"Oslo\"}"),
				Answer.text("one two three").ending(Ending.HANG));
		SpringAiFixture.runner(this.stub).run((context) -> {
			stream(context, "hello").doOnNext((word) -> this.stub.released.countDown()).blockLast();
			List<ModelCall.Completed> calls = ended(context, 1).payloads(ModelCall.Completed.class);
			assertThat(calls).hasSize(2);
			for (ModelCall.Completed call : calls) {
				if (call.started().turn() == 1) {
					assertThat(call.timeToFirstToken()).as("turn that only asks for a tool").isNull();
				}
				else {
					assertThat(call.timeToFirstToken()).isPositive().isLessThan(call.duration());
				}
			}
		});
	}

	@Test
	void whenToolOfStreamThrowsThenItsCallFails() {
		this.stub.toolThenText("weather", "{\"city\":\"Atlantis\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			stream(context, "hello").blockLast();
			assertThat(ended(context, 1).single(ToolCall.Failed.class).failure().type())
				.isEqualTo("java.lang.IllegalStateException");
		});
	}

	@Test
	void whenSubscriberCancelsThenCallAndRunAreCancelled() {
		this.stub.script(Answer.text("one two three").ending(Ending.HANG));
		SpringAiFixture.runner(this.stub).run((context) -> {
			CountDownLatch first = new CountDownLatch(1);
			Disposable subscription = stream(context, "hello").subscribe((word) -> first.countDown());
			assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
			subscription.dispose();
			AgentEvents events = ended(context, 1);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started",
					"model.call.cancelled", "agent.run.cancelled");
		});
	}

	@Test
	void whenStreamTimesOutThenItDoesNotCountAsCompleted() {
		this.stub.script(Answer.text("one two three").ending(Ending.HANG));
		SpringAiFixture.runner(this.stub).run((context) -> {
			assertThatException()
				.isThrownBy(() -> stream(context, "hello").timeout(Duration.ofMillis(200)).blockLast());
			AgentEvents events = ended(context, 1);
			assertThat(events.names()).contains("model.call.cancelled", "agent.run.cancelled")
				.doesNotContain("model.call.completed", "agent.run.completed");
		});
	}

	@Test
	void whenStreamFailsThenCallAndRunFail() {
		this.stub.script(Answer.error(400, "no"));
		SpringAiFixture.runner(this.stub).run((context) -> {
			assertThatException().isThrownBy(() -> stream(context, "hello").blockLast());
			AgentEvents events = ended(context, 1);
			assertThat(events.names()).containsExactly("agent.run.started", "model.call.started", "model.call.failed",
					"agent.run.failed");
		});
	}

	@Test
	void whenStreamEndsWithoutReasonThenCallSaysSo() {
		this.stub.script(Answer.text("one two").ending(Ending.CUT));
		SpringAiFixture.runner(this.stub).run((context) -> {
			stream(context, "hello").onErrorComplete().blockLast();
			AgentEvents events = ended(context, 1);
			for (ModelCall.Completed call : events.payloads(ModelCall.Completed.class)) {
				assertThat(call.finishReasons()).isEmpty();
				assertThat(call.tokens()).isNull();
				assertThat(call.tokensProblem()).isEqualTo("not reported");
			}
			assertThat(events.payloads(ModelCall.class)).hasSize(2);
			assertThat(events.payloads(AgentRun.class)).hasSize(2);
		});
	}

	@Test
	void whenManyStreamsRunAtOnceThenEachHasItsOwnEvents() {
		int runs = 50;
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			Flux.range(0, runs).flatMap((run) -> stream(context, "hello " + run), 8).blockLast();
			AgentEvents events = ended(context, runs);
			Set<String> ids = events.payloads(AgentRun.Completed.class)
				.stream()
				.map((run) -> run.run().id())
				.collect(Collectors.toSet());
			assertThat(ids).hasSize(runs);
			for (String id : ids) {
				List<TelemetryEvent<?>> own = events.all()
					.stream()
					.filter((event) -> id.equals(event.runId()))
					.toList();
				// Spring AI may start a tool before it ends the observation of the turn
				assertThat(own).extracting(TelemetryEvent::name)
					.startsWith("agent.run.started")
					.endsWith("agent.run.completed")
					.containsExactlyInAnyOrder("agent.run.started", "model.call.started", "model.call.completed",
							"tool.call.started", "tool.call.completed", "model.call.started", "model.call.completed",
							"agent.run.completed");
				assertThat(own).extracting(TelemetryEvent::runSequence)
					.containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
			}
		});
	}

	@Test
	void whenToolOfStreamRunsAnAgentThenItsRunIsNested() {
		this.stub.script(Answer.tool("weather", "{\"city\":\"Oslo\"}"), Answer.text("inner"), Answer.text("done"));
		SpringAiFixture.runner(this.stub).run((context) -> {
			this.tools.inside.set(() -> context.getBean(ChatClient.class).prompt("inner").call().content());
			stream(context, "outer").blockLast();
			AgentEvents events = ended(context, 2);
			Run outer = events.payloads(AgentRun.Started.class).get(0).run();
			Run inner = events.payloads(AgentRun.Started.class).get(1).run();
			assertThat(inner.parentId()).isEqualTo(outer.id());
			assertThat(events.payloads(ModelCall.Completed.class)).extracting((call) -> call.run().id())
				.containsExactly(outer.id(), inner.id(), outer.id());
		});
	}

	@Test
	void whenAdvisorsAreNotObservedThenStreamAnswersAllTheSame() {
		this.stub.toolThenText("weather", "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub)
			.withPropertyValues("management.observations.enable.spring.ai.advisor=false")
			.run((context) -> {
				assertThat(stream(context, "hello").collectList().block()).containsExactly("done");
				AgentEvents events = ended(context, 1);
				await().atMost(Duration.ofSeconds(30))
					.until(() -> events.payloads(ModelCall.Completed.class).size() == 2);
				assertThat(events.payloads(ToolCall.Completed.class)).hasSize(1);
			});
	}

	private Flux<String> stream(ApplicationContext context, String prompt) {
		return context.getBean(ChatClient.class).prompt(prompt).tools(this.tools).stream().content();
	}

	private static AgentEvents ended(ApplicationContext context, int runs) {
		AgentEvents events = context.getBean(AgentEvents.class);
		await().atMost(Duration.ofSeconds(30)).until(() -> events.payloads(AgentRun.class).size() >= 2 * runs);
		return events;
	}

}
