package io.telemetryrouter.sample.play;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;

import io.telemetryrouter.sample.config.SampleProperties;

/**
 * The recording to play on start: a file, or the recording inside the jar.
 */
@Component
class Recording {

	private static final String BUNDLED = "recordings/ferry-agent-runs.jsonl";

	private final @Nullable Path file;

	Recording(SampleProperties properties) {
		String path = properties.recording();
		this.file = (path != null && !path.isBlank()) ? check(path) : null;
	}

	private static Path check(String path) {
		try {
			Path file = Path.of(path);
			if (Files.notExists(file)) {
				throw new RecordingNotReadableException(path, "does not exist");
			}
			if (Files.isDirectory(file) || !Files.isReadable(file)) {
				throw new RecordingNotReadableException(path, "is not a readable file");
			}
			return file;
		}
		catch (InvalidPathException ex) {
			throw new RecordingNotReadableException(path, "is not a path");
		}
	}

	/**
	 * Opens the recording. Bytes that are not UTF-8 become replacement characters and
	 * cause no failure.
	 */
	Reader open() throws IOException {
		InputStream in = (this.file != null) ? Files.newInputStream(this.file)
				: new ClassPathResource(BUNDLED).getInputStream();
		return new InputStreamReader(in, StandardCharsets.UTF_8);
	}

	@Override
	public String toString() {
		return (this.file != null) ? this.file.toString() : "the bundled recording";
	}

}
