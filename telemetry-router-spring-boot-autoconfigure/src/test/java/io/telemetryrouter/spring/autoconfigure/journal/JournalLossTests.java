package io.telemetryrouter.spring.autoconfigure.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.prometheus.PrometheusMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.PayloadEncoder;
import io.telemetryrouter.spring.actuate.endpoint.JournalDescriptor;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpoint;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.endpoint.TelemetryRouterEndpointAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.health.TelemetryRouterHealthAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;
import io.telemetryrouter.spring.health.TelemetryRouterHealthIndicator;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that meters, health and the endpoint show that a journal loses events.
 */
class JournalLossTests {

	@TempDir
	Path directory;

	private final WebApplicationContextRunner contextRunner = new WebApplicationContextRunner()
		.withConfiguration(
				AutoConfigurations.of(MetricsAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
						PrometheusMetricsExportAutoConfiguration.class, TelemetryRouterAutoConfiguration.class,
						TelemetryRouterMetricsAutoConfiguration.class, TelemetryRouterHealthAutoConfiguration.class,
						EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class,
						TelemetryRouterEndpointAutoConfiguration.class, TelemetryRouterJournalAutoConfiguration.class))
		.withPropertyValues("management.endpoints.web.exposure.include=*",
				"management.endpoint.telemetryrouter.show-values=ALWAYS");

	private WebApplicationContextRunner enabled() {
		return this.contextRunner.withPropertyValues("telemetry-router.journal.enabled=true",
				"telemetry-router.journal.mode=sync",
				"telemetry-router.journal.directory=" + this.directory.resolve("journal"));
	}

	private void deleteJournal() throws IOException {
		Path journal = this.directory.resolve("journal");
		Files.delete(journal.resolve("journal-0000000000000000001.jsonl"));
		Files.delete(journal.resolve("journal.lock"));
		Files.delete(journal);
	}

	private static Iterable<String> scrape(ApplicationContext context) {
		return context.getBean(PrometheusMeterRegistry.class).scrape().lines().toList();
	}

	private static Health health(ApplicationContext context) {
		return context.getBean(TelemetryRouterHealthIndicator.class).health();
	}

	private static JournalDescriptor journal(ApplicationContext context) {
		JournalDescriptor journal = context.getBean(TelemetryRouterEndpoint.class).router().journal();
		assertThat(journal).isNotNull();
		return journal;
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows does not delete open files")
	void whenTheFolderIsGoneThenEachViewShowsTheLosses() {
		enabled().run((context) -> {
			context.getBean(TelemetryEmitter.class).emit("a", 1);
			assertThat(context.getBean(Journal.class).flush()).isTrue();
			deleteJournal();
			assertThat(context.getBean(Journal.class).flush()).isFalse();
			context.getBean(TelemetryEmitter.class).emit("a", 2);
			assertThat(scrape(context)).contains("telemetry_router_journal_lost_events_total{reason=\"io_error\"} 1.0",
					"telemetry_router_journal_lost_events_total{reason=\"removed\"} 0.0",
					"telemetry_router_journal_failing 1.0");
			assertThat(health(context).getStatus()).isEqualTo(Status.UP);
			assertThat(health(context).getDetails()).containsEntry("journal", Map.of("lost", 1L, "failing", true));
			assertThat(journal(context).lost()).containsEntry("io_error", 1L).hasSize(5);
			assertThat(journal(context).written()).isEqualTo(1);
			assertThat(journal(context).failing()).isTrue();
			assertThat(journal(context).failure()).contains("NoSuchFileException");
		});
	}

	@Test
	void whenNothingIsLostThenEachViewShowsZero() {
		enabled().withPropertyValues("management.endpoint.telemetryrouter.show-values=NEVER").run((context) -> {
			context.getBean(TelemetryEmitter.class).emit("a", 1);
			assertThat(scrape(context)).contains("telemetry_router_journal_lost_events_total{reason=\"io_error\"} 0.0",
					"telemetry_router_journal_lost_events_total{reason=\"too_long\"} 0.0",
					"telemetry_router_journal_lost_events_total{reason=\"unreadable_event\"} 0.0",
					"telemetry_router_journal_lost_events_total{reason=\"closed\"} 0.0",
					"telemetry_router_journal_incomplete_events_total{status=\"redacted\"} 0.0",
					"telemetry_router_journal_incomplete_events_total{status=\"truncated\"} 0.0",
					"telemetry_router_journal_failing 0.0");
			assertThat(health(context).getDetails()).containsEntry("journal", Map.of("lost", 0L, "failing", false));
			assertThat(journal(context).failing()).isFalse();
		});
	}

	@Test
	void whenPayloadsAreLostThenTheMeterShowsIt() {
		PayloadEncoder failing = (event, payload, out) -> {
			throw new IllegalStateException("a secret");
		};
		enabled().withBean(PayloadEncoder.class, () -> failing).run((context) -> {
			context.getBean(TelemetryEmitter.class).emit("a", 1);
			assertThat(scrape(context))
				.contains("telemetry_router_journal_incomplete_events_total{status=\"redacted\"} 1.0");
			assertThat(journal(context).redacted()).isOne();
		});
	}

	@Test
	@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows does not delete open files")
	void whenValuesAreNotShownThenTheMessageOfTheFailureIsHidden() {
		enabled().withPropertyValues("management.endpoint.telemetryrouter.show-values=NEVER").run((context) -> {
			deleteJournal();
			assertThat(context.getBean(Journal.class).flush()).isFalse();
			assertThat(journal(context).failing()).isTrue();
			assertThat(journal(context).failure()).isNull();
		});
	}

	@Test
	void whenThereIsNoJournalThenNoViewShowsOne() {
		this.contextRunner.run((context) -> {
			assertThat(context.getBean(MeterRegistry.class).find("telemetry.router.journal.lost").meters()).isEmpty();
			assertThat(health(context).getDetails()).doesNotContainKey("journal");
			assertThat(context.getBean(TelemetryRouterEndpoint.class).router().journal()).isNull();
		});
	}

	@Test
	void whenAPartnerIsMissingThenTheJournalStarts() {
		for (String missing : new String[] { "io.micrometer.core", "org.springframework.boot.health",
				"io.telemetryrouter.journal" }) {
			enabled().withClassLoader(new FilteredClassLoader(missing))
				.run((context) -> assertThat(context).as(missing).hasNotFailed());
		}
	}

	@Test
	void whenTheContextClosesThenNoMeterIsLeft() {
		SimpleMeterRegistry outliving = new SimpleMeterRegistry();
		enabled().withBean("outliving", MeterRegistry.class, () -> outliving, (bean) -> bean.setDestroyMethodName(""))
			.run((context) -> assertThat(outliving.find("telemetry.router.journal.lost").meters()).hasSize(5));
		assertThat(outliving.getMeters()).noneMatch((meter) -> meter.getId().getName().startsWith("telemetry.router"));
	}

}
