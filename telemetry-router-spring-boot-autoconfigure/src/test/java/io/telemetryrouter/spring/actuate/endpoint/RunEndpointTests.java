package io.telemetryrouter.spring.actuate.endpoint;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalMode;
import io.telemetryrouter.journal.JournalOptions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the endpoint reads runs from the journal.
 */
class RunEndpointTests {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	@TempDir
	Path directory;

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private Journal journal;

	@BeforeEach
	void open() {
		this.journal = Journal.open(JournalOptions.in(this.directory).build());
		this.router.subscribe(this.journal.handler(JournalMode.ASYNC));
	}

	@AfterEach
	void close() {
		this.router.close();
		this.journal.close();
	}

	private TelemetryRouterEndpoint endpoint(Show show) {
		return new TelemetryRouterEndpoint(this.router, show, null, new RunJournal(this.journal));
	}

	private RunDescriptor run(String runId, Show show) {
		assertThat(this.router.flush(Duration.ofSeconds(30)).complete()).isTrue();
		return (RunDescriptor) endpoint(show).handler("runs", runId);
	}

	@Test
	@SuppressWarnings("try")
	void whenRunIsInTheJournalThenItsEventsAreShownInOrderWithTheirCauses() {
		this.router.subscribe("model.call", (name, payload) -> this.router.emit("cost.added", "0.1"));
		this.router.emit("other", 1);
		try (RunScope run = this.router.openRun("r1")) {
			this.router.emit("run.start", null);
			this.router.emit("model.call", "secret");
			this.router.forRun("r2").emit("model.call", "other");
			this.router.emit("run.end", null);
		}
		RunDescriptor run = run("r1", Show.NEVER);
		List<RunDescriptor.Event> events = run.events();
		assertThat(events).extracting(RunDescriptor.Event::name)
			.containsExactly("run.start", "model.call", "cost.added", "run.end");
		assertThat(events).extracting(RunDescriptor.Event::sequence).isSorted();
		assertThat(events.get(2).causationId()).isEqualTo(events.get(1).id());
		assertThat(events.get(0).causationId()).isNull();
		assertThat(run.truncated()).isFalse();
		assertThat(run.unreadable()).isZero();
	}

	@Test
	@SuppressWarnings("try")
	void whenRunIsNestedThenItsParentIsShown() {
		try (RunScope outer = this.router.openRun("r0"); RunScope run = this.router.openRun("r1")) {
			this.router.emit("a", 1);
		}
		this.router.forRun("r2").emit("a", 1);
		assertThat(json(run("r1", Show.NEVER)).get("parentRunId").asString()).isEqualTo("r0");
		assertThat(json(run("r2", Show.NEVER)).has("parentRunId")).isFalse();
	}

	@Test
	void whenValuesAreNotShownThenThereIsNoPayloadAndOtherwiseItIsJson() {
		this.router.forRun("r1").emit("a", List.of("secret", 1));
		assertThat(json(run("r1", Show.NEVER)).toString()).doesNotContain("secret").doesNotContain("payload");
		JsonNode event = json(run("r1", Show.ALWAYS)).get("events").get(0);
		assertThat(event.get("payload")).isEqualTo(JSON.readTree("[\"secret\",1]"));
	}

	@Test
	void whenRunHasMoreEventsThanAreShownThenThatIsSaid() {
		for (int i = 0; i < RunJournal.MAX_EVENTS + 1; i++) {
			this.router.forRun("r1").emit("a", null);
			if (i % 500 == 0) {
				this.router.flush(Duration.ofSeconds(30));
			}
		}
		RunDescriptor run = run("r1", Show.NEVER);
		assertThat(run.events()).hasSize(RunJournal.MAX_EVENTS);
		assertThat(run.truncated()).isTrue();
	}

	@Test
	void whenPayloadsAreMoreThanIsShownThenThatIsSaid() {
		for (int i = 0; i < 50; i++) {
			this.router.forRun("r1").emit("a", "x".repeat(100_000));
		}
		RunDescriptor run = run("r1", Show.ALWAYS);
		assertThat(run.truncated()).isTrue();
		assertThat(run.events()).hasSize(RunJournal.MAX_PAYLOADS / 100_002);
		assertThat(run("r1", Show.NEVER).truncated()).isFalse();
	}

	@Test
	void whenRunIsUnknownOrTheJournalOffThenTheAnswerSaysSo() {
		this.router.emit("a", 1);
		TelemetryRouterEndpoint endpoint = endpoint(Show.ALWAYS);
		assertThat(endpoint.handler("runs", "nobody"))
			.isEqualTo(new ErrorDescriptor("The journal has no event of this run"));
		assertThat(new TelemetryRouterEndpoint(this.router).handler("runs", "r1")).isEqualTo(new ErrorDescriptor(
				"Runs are read from the journal, which is off: set telemetry-router.journal.enabled=true"));
		assertThat(extension(endpoint).handler(SecurityContext.NONE, "runs", "nobody").getStatus()).isEqualTo(404);
	}

	@Test
	void whenHandlerIsCalledLikeRunsThenItIsFound() {
		this.router.forRun("a").emit("event", 1);
		this.router.forRun("b/c").emit("event", 1);
		for (String id : List.of("runs", "runs/a")) {
			this.router.subscribe(HandlerSpec.on("some").id(id).handler((name, payload) -> {
			}).build());
		}
		assertThat(this.router.flush(Duration.ofSeconds(30)).complete()).isTrue();
		TelemetryRouterEndpoint endpoint = endpoint(Show.NEVER);
		assertThat(endpoint.handler("runs")).isInstanceOf(HandlerDescriptor.class);
		assertThat(endpoint.handler("runs", "a")).isInstanceOf(HandlerDescriptor.class);
		assertThat(endpoint.handler("runs", "b", "c")).isInstanceOf(RunDescriptor.class);
		assertThat(endpoint.handler("run", "a")).isNull();
		WebEndpointResponse<Object> found = extension(endpoint).handler(SecurityContext.NONE, "runs", "b", "c");
		assertThat(found.getStatus()).isEqualTo(200);
		assertThat(found.getBody()).isInstanceOf(RunDescriptor.class);
	}

	private static TelemetryRouterEndpointWebExtension extension(TelemetryRouterEndpoint endpoint) {
		return new TelemetryRouterEndpointWebExtension(endpoint, Show.NEVER, Set.of());
	}

	private static JsonNode json(OperationResponseBody body) {
		return JSON.readTree(JSON.writeValueAsString(body));
	}

}
