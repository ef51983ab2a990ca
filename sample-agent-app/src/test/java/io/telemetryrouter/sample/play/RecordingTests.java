package io.telemetryrouter.sample.play;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.telemetryrouter.sample.config.SampleProperties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Recording} and {@link RecordingFailureAnalyzer}.
 */
class RecordingTests {

	@Test
	void whenNoFileIsNamedThenBundledRecordingIsWellFormed() throws IOException {
		for (String none : new @Nullable String[] { null, "" }) {
			try (BufferedReader lines = new BufferedReader(new Recording(properties(none)).open())) {
				assertThat(lines.lines().map(RunParser::parse)).hasSizeGreaterThan(3);
			}
		}
	}

	@Test
	void whenFileIsMissingThenAnalysisNamesItAndTheProperty(@TempDir Path directory) {
		String path = directory.resolve("none.jsonl").toString();
		assertThatExceptionOfType(RecordingNotReadableException.class).isThrownBy(() -> new Recording(properties(path)))
			.satisfies((ex) -> {
				FailureAnalysis analysis = new RecordingFailureAnalyzer().analyze(new RuntimeException(ex));
				assertThat(analysis).isNotNull();
				assertThat(analysis.getDescription()).isEqualTo("The recording '" + path + "' does not exist.");
				assertThat(analysis.getAction()).contains("--sample.recording=PATH");
			});
	}

	@Test
	void whenPathIsNoFileThenFailureSaysSo(@TempDir Path directory) {
		assertThatExceptionOfType(RecordingNotReadableException.class)
			.isThrownBy(() -> new Recording(properties(directory.toString())))
			.withMessageEndingWith("is not a readable file");
		assertThatExceptionOfType(RecordingNotReadableException.class)
			.isThrownBy(() -> new Recording(properties("nul\0")))
			.withMessageEndingWith("is not a path");
	}

	private static SampleProperties properties(@Nullable String recording) {
		MapConfigurationPropertySource source = new MapConfigurationPropertySource();
		if (recording != null) {
			source.put("sample.recording", recording);
		}
		return new Binder(source).bindOrCreate("sample", SampleProperties.class);
	}

}
