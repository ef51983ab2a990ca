package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Properties;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is computed from measurements.
 */
class NumbersTests {

	private final Numbers numbers = new Numbers();

	@Test
	void whenMachineIsBusyForARoundThenRatioIsThatOfTheOtherRounds() {
		add("a", 10, 30, 10);
		add("b", 10, 30, 5);
		assertThat(ratio("a", "b")).isEqualTo(1);
		assertThat(this.numbers.median("a")).isEqualTo(10);
	}

	@Test
	void whenRoundsAreMissingThenThoseOfBothAreCompared() {
		add("a", 10, 20, 90, 90);
		add("b", 10, 10);
		assertThat(ratio("a", "b")).isEqualTo(1.5);
	}

	@Test
	void whenNotMeasuredThenThereIsNoNumber() {
		add("a", 10);
		assertThat(this.numbers.median("b")).isNaN();
		assertThat(ratio("a", "b")).isNaN();
		assertThat(this.numbers.keys()).containsExactly("a");
	}

	@Test
	void whenWrittenThenReadTheSame(@TempDir Path directory) throws IOException {
		Properties printed = new Properties();
		printed.setProperty("longest.millis", "2.500");
		this.numbers.add("Churn routes=16", printed);
		add("a", 10, 1e-9, 12345678.25);
		Path file = directory.resolve("numbers.tsv");
		this.numbers.write(file);
		assertThat(Numbers.read(file).keys()).containsExactly("Churn routes=16 longest.millis", "a");
		assertThat(Numbers.read(file).of("a")).usingRecursiveComparison().isEqualTo(this.numbers.of("a"));
	}

	private double ratio(String key, String by) {
		return this.numbers.compare(key, by, (one, other) -> one / other).getPercentile(50);
	}

	private void add(String key, double... values) {
		for (double value : values) {
			this.numbers.add(key, value);
		}
	}

}
