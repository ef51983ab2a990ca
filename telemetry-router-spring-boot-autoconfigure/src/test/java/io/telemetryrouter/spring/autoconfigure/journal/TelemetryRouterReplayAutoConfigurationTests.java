package io.telemetryrouter.spring.autoconfigure.journal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.EventUpcaster;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalMode;
import io.telemetryrouter.journal.JournalOptions;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.Pacing;
import io.telemetryrouter.journal.TelemetryReplayer;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterReplayEndpoint;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

class TelemetryRouterReplayAutoConfigurationTests {

	@TempDir
	Path directory;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterJournalAutoConfiguration.class, TelemetryRouterReplayAutoConfiguration.class));

	record Paid(String customer) {
	}

	/** Renames {@code name} to {@code customer}. */
	static class Renamed implements EventUpcaster {

		@Override
		public String event() {
			return "paid";
		}

		@Override
		public int fromVersion() {
			return 1;
		}

		@Override
		public JsonNode upcast(JsonNode data) {
			((ObjectNode) data).set("customer", data.get("name"));
			return data;
		}

	}

	@Test
	void whenAnotherProcessHasWrittenTheJournalThenItIsReplayedWithUpcasters() {
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build());
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.SYNC));
			router.emit("paid", Map.of("name", "Mia"));
		}
		this.contextRunner.withPropertyValues("telemetry-router.journal.directory=" + this.directory)
			.withBean(Renamed.class)
			.run((context) -> {
				assertThat(context).doesNotHaveBean(Journal.class);
				List<Object> seen = new ArrayList<>();
				context.getBean(TelemetryRouter.class)
					.subscribe(HandlerSpec.on("paid")
						.payloadType(Paid.class)
						.replay(true)
						.handler((event, payload) -> seen.add(payload))
						.build());
				context.getBean(TelemetryReplayer.class).replayToHandlers(JournalQuery.all(), Pacing.fullSpeed());
				assertThat(seen).containsExactly(new Paid("Mia"));
			});
	}

	@Test
	void whenRouterIsDisabledOrTheModuleIsAbsentThenThereIsNoReplayer() {
		this.contextRunner.withPropertyValues("telemetry-router.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("telemetryReplayer"));
		this.contextRunner.withClassLoader(new FilteredClassLoader(TelemetryReplayer.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("telemetryReplayer"));
	}

	private static long operations(ApplicationContext context) {
		return context.getBean(WebEndpointsSupplier.class)
			.getEndpoints()
			.stream()
			.mapToLong((endpoint) -> endpoint.getOperations().size())
			.sum();
	}

	@Test
	void whenEndpointIsNotExposedAndUnrestrictedThenItCanDoNothing() {
		WebApplicationContextRunner web = new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(
				TelemetryRouterAutoConfiguration.class, TelemetryRouterReplayAutoConfiguration.class,
				EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class));
		web.run((context) -> assertThat(context).doesNotHaveBean(TelemetryRouterReplayEndpoint.class));
		web.withPropertyValues("management.endpoints.web.exposure.include=telemetryrouterreplay").run((context) -> {
			assertThat(context).hasSingleBean(TelemetryRouterReplayEndpoint.class);
			assertThat(operations(context)).isZero();
		});
		web.withPropertyValues("management.endpoints.web.exposure.include=telemetryrouterreplay",
				"management.endpoint.telemetryrouterreplay.access=UNRESTRICTED")
			.run((context) -> assertThat(operations(context)).isEqualTo(2));
	}

}
