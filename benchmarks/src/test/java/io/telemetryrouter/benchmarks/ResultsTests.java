package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.telemetryrouter.benchmarks.Results.Result;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is made of the results of JMH.
 */
class ResultsTests {

	@TempDir
	private Path directory;

	private final Results results = new Results();

	@Test
	void whenMeasuredInTurnThenRatioIsTheMedianOfTheRatiosOfEachTurn() throws IOException {
		// The machine was slow for a while, which another turn of each hides.
		read("01-00-0-A", "a", "10, 20, 20");
		read("01-00-1-B", "b", "10, 20, 10");
		assertThat(ratio()).isEqualTo(1);
	}

	@Test
	void whenMeasuredOneAfterTheOtherThenRatioIsThatOfTheMedians() throws IOException {
		read("01-00-A", "a", "10, 20, 20");
		read("01-01-B", "b", "10, 20, 10");
		assertThat(ratio()).isEqualTo(2);
	}

	@Test
	void whenMeasuredInOtherTurnsThenTheseAreNotCompared() throws IOException {
		read("01-00-0-A", "a", "10, 10, 10");
		read("01-00-1-B", "b", "10, 10, 10");
		read("02-00-0-A", "a", "40, 40, 40, 40");
		read("02-01-1-B", "b", "10, 10, 10, 10");
		assertThat(ratio()).isEqualTo(1);
	}

	private double ratio() {
		Result a = this.results.find("X.a");
		Result b = this.results.find("X.b");
		assertThat(a).isNotNull();
		assertThat(b).isNotNull();
		return a.ratio(b);
	}

	private void read(String name, String method, String scores) throws IOException {
		Path file = this.directory.resolve(name + ".json");
		Files.writeString(file, """
				[{"benchmark": "pkg.X.%s", "threads": 1,
				"primaryMetric": {"scoreUnit": "ns/op", "rawData": [[%s]]}}]""".formatted(method, scores));
		this.results.read(file);
	}

}
