package io.telemetryrouter.sample.play;

import java.io.IOException;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RecordingReader}.
 */
class RecordingReaderTests {

	private final Map<Integer, String> malformed = new LinkedHashMap<>();

	@Test
	void whenLinesAreMalformedThenTheyAreReportedByNumberAndTheRestIsRead() throws IOException {
		RecordingReader reader = reader("""
				{"run_id": "one", "messages": []}
				not json

				{"run_id": "two", "messages": []}
				{"run_id": "three"}
				{"run_id": "four", "messages": []}
				""");
		assertThat(next(reader)).isEqualTo("one");
		assertThat(next(reader)).isEqualTo("two");
		assertThat(next(reader)).isEqualTo("four");
		assertThat(reader.next()).isNull();
		assertThat(this.malformed).containsOnlyKeys(2, 5);
		assertThat(this.malformed.get(5)).isEqualTo("'messages' must be an array, but is missing");
	}

	@Test
	void whenFileBeginsWithByteOrderMarkThenItIsNoPartOfTheRun() throws IOException {
		RecordingReader reader = reader("\uFEFF{\"run_id\": \"one\", \"messages\": []}");
		assertThat(next(reader)).isEqualTo("one");
		assertThat(this.malformed).isEmpty();
	}

	@Test
	void whenRecordingIsEmptyThenThereIsNoRun() throws IOException {
		assertThat(reader("").next()).isNull();
	}

	private RecordingReader reader(String lines) {
		return new RecordingReader(new StringReader(lines), this.malformed::put);
	}

	private static String next(RecordingReader reader) throws IOException {
		RecordedRun run = reader.next();
		assertThat(run).isNotNull();
		return run.runId();
	}

}
