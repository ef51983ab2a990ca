package io.telemetryrouter.spring.autoconfigure.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalOptions;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.JournalRecord;
import io.telemetryrouter.journal.JournalReader;
import io.telemetryrouter.journal.PayloadEncoder;
import io.telemetryrouter.journal.SegmentInfo;
import io.telemetryrouter.journal.TelemetryReplayer;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class TelemetryRouterJournalAutoConfigurationTests {

	@TempDir
	Path directory;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterJournalAutoConfiguration.class));

	private ApplicationContextRunner enabled() {
		return this.contextRunner.withPropertyValues("telemetry-router.journal.enabled=true",
				"telemetry-router.journal.directory=" + this.directory);
	}

	private List<JournalRecord> read() {
		List<JournalRecord> lines = new ArrayList<>();
		assertThat(new TelemetryReplayer(this.directory).replay(JournalQuery.all(), lines::add).problems()).isEmpty();
		return lines;
	}

	@Test
	void whenNothingIsSetThenThereIsNoJournal() {
		this.contextRunner.run((context) -> assertThat(context).doesNotHaveBean(Journal.class)
			.doesNotHaveBean("telemetryRouterJournalSubscription"));
	}

	@Test
	void whenJournalIsEnabledThenEventsAreWrittenBeforeTheContextHasClosed(CapturedOutput output) {
		enabled().withPropertyValues("spring.application.name=booking").run((context) -> {
			TelemetryRouter router = context.getBean(TelemetryRouter.class);
			assertThat(router.snapshot().handlers().get("journal").mode()).isEqualTo(HandlerMode.ASYNC);
			for (int i = 0; i < 100; i++) {
				context.getBean(TelemetryEmitter.class).emit("a", i);
			}
		});
		assertThat(read()).hasSize(100).allMatch((line) -> line.source().equals("/booking"));
		assertThat(output).contains("journal in '" + this.directory + "'");
		// The directory is unlocked again
		Journal.open(JournalOptions.in(this.directory).build()).close();
	}

	@Test
	void whenModeIsSyncThenTheLineIsThereWhenEmitReturns() {
		enabled().withPropertyValues("telemetry-router.journal.mode=sync", "telemetry-router.journal.fsync=always")
			.run((context) -> {
				context.getBean(TelemetryEmitter.class).emit("a", 1);
				assertThat(read()).hasSize(1);
				assertThat(context.getBean(Journal.class).status().syncs()).isEqualTo(1);
			});
	}

	@Test
	void whenSizesAreSetThenTheyAreTheJournals() {
		enabled()
			.withPropertyValues("telemetry-router.journal.mode=sync", "telemetry-router.journal.segment-size=4KB",
					"telemetry-router.journal.retention-size=12KB", "telemetry-router.journal.max-payload=1KB",
					"telemetry-router.journal.source=urn:app")
			.run((context) -> {
				for (int i = 0; i < 50; i++) {
					context.getBean(TelemetryEmitter.class).emit("a", "x".repeat(2000));
				}
				assertThat(context.getBean(Journal.class).status().truncated()).isEqualTo(50);
				assertThat(JournalReader.segments(this.directory)).hasSizeGreaterThan(1);
				assertThat(JournalReader.segments(this.directory).stream().mapToLong(SegmentInfo::bytes).sum())
					.isLessThanOrEqualTo(12 << 10);
				assertThat(read().get(0).source()).isEqualTo("urn:app");
			});
	}

	@Test
	void whenUserDefinesAnEncoderThenItDecidesWhatReachesTheDisk() {
		PayloadEncoder hidden = (event, payload, out) -> out.writeString("***");
		enabled().withBean(PayloadEncoder.class, () -> hidden).run((context) -> {
			context.getBean(TelemetryEmitter.class).emit("a", "secret");
		});
		assertThat(read()).extracting(JournalRecord::data).containsExactly("\"***\"");
	}

	@Test
	void whenUserDefinesAJournalThenItIsUsed() {
		enabled()
			.withBean("mine", Journal.class,
					() -> Journal.open(JournalOptions.in(this.directory.resolve("mine")).build()))
			.run((context) -> {
				assertThat(context).hasSingleBean(Journal.class).hasBean("mine");
				context.getBean(TelemetryEmitter.class).emit("a", 1);
			});
		assertThat(this.directory.resolve("mine/journal-0000000000000000001.jsonl")).isNotEmptyFile();
	}

	@Test
	void whenRouterIsDisabledOrTheModuleIsAbsentThenThereIsNoJournal() {
		enabled().withPropertyValues("telemetry-router.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean("telemetryRouterJournal"));
		enabled().withClassLoader(new FilteredClassLoader(Journal.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean("telemetryRouterJournal"));
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whenAPropertyIsUnknownThenTheStartFails() {
		enabled().withPropertyValues("telemetry-router.journal.segment-sise=1MB")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("telemetry-router.journal.segment-sise"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			segment-size   | 100B  | 'segmentSize' must be between 4096
			segment-age    | 0s    | 'segmentAge' must be positive
			fsync-interval | -1s   | 'fsyncInterval' must be positive
			retention-size | 1KB   | 'retentionSize' must be at least twice 'segmentSize'
			retention-age  | 0     | 'retentionAge' must be positive
			max-payload    | 3GB   | 'maxPayload' must be between 64
			source         | a b   | It must be a URI reference.
			""")
	void whenAValueIsNotAcceptedThenTheFailureNamesItsProperty(String name, String value, String reason) {
		enabled().withPropertyValues("telemetry-router.journal." + name + "=" + value)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("'telemetry-router.journal." + name + "'", reason));
	}

	@ParameterizedTest
	@CsvSource({ "~/journal, ~, ${user.home}/journal", "~, ~, ${user.home}",
			"$HOME/logs/journal, $HOME, ${HOME}/logs/journal", "~app/journal, ~app, /home/app/journal" })
	void whenTheDirectoryNeedsAShellThenTheStartFailsAndNoFolderIsCreated(String value, String name, String fix) {
		Path created = Path.of(name);
		assertThat(created).doesNotExist();
		String property = "telemetry-router.journal.directory=" + value;
		enabled().withPropertyValues(property)
			.run((context) -> assertThat(FailureReport.of(context.getStartupFailure())).contains("'" + value + "'",
					"'telemetry-router.journal.directory'", "No shell replaces '" + name
							+ "' here, and a folder with this name is hardly meant: use a path like '",
					fix));
		assertThat(created).doesNotExist();
		this.contextRunner.withConfiguration(AutoConfigurations.of(TelemetryRouterReplayAutoConfiguration.class))
			.withPropertyValues(property)
			.run((context) -> assertThatExceptionOfType(BeanCreationException.class)
				.isThrownBy(() -> context.getBean(TelemetryReplayer.class))
				.withStackTraceContaining("use a path like"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "a/~/b", "./~", "journal$1", "a~b" })
	void whenTheDirectoryHasSuchACharacterElsewhereThenItIsUsed(String value) {
		enabled().withPropertyValues("telemetry-router.journal.directory=" + this.directory.resolve(value))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@ParameterizedTest
	@CsvSource({ "My App, /My%20App", "booking/größe-2.0, /booking/gr%C3%B6%C3%9Fe-2.0", "100%, /100%25" })
	void whenTheApplicationsNameIsNotPartOfAUriThenTheSourceIsEncoded(String name, String source) {
		enabled().withPropertyValues("spring.application.name=" + name)
			.run((context) -> context.getBean(TelemetryEmitter.class).emit("a", 1));
		assertThat(read()).extracting(JournalRecord::source).containsExactly(source);
	}

	@Test
	void whenTheFolderCannotBeOpenedThenTheFailureIsExplained(CapturedOutput output) throws Exception {
		Path file = Files.writeString(this.directory.resolve("file"), "");
		SpringApplication application = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.build();
		assertThatExceptionOfType(RuntimeException.class).isThrownBy(() -> {
			try (ConfigurableApplicationContext context = application.run("--telemetry-router.journal.enabled=true",
					"--telemetry-router.journal.directory=" + file)) {
				context.getBean(Journal.class);
			}
		});
		assertThat(output).contains("APPLICATION FAILED TO START", "Cannot open journal folder '" + file + "'",
				"Set 'telemetry-router.journal.directory' to such a folder");
	}

	@Test
	void whenTheStartingThreadIsInterruptedThenTheFailureDoesNotBlameTheFolder() {
		Thread.currentThread().interrupt();
		enabled().run((context) -> {
			assertThat(Thread.interrupted()).isTrue();
			assertThat(FailureReport.of(context.getStartupFailure()))
				.contains("Cannot open journal folder '" + this.directory + "': thread 'main' is interrupted",
						"Find out what interrupts the thread that starts the application")
				.doesNotContain("telemetry-router.journal.directory");
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
