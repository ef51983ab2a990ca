package io.telemetryrouter;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class NearestNameTests {

	private static final List<String> KNOWN = List.of("usage", "model_response", "tool.call", "tool.result");

	@ParameterizedTest
	@CsvSource({ "usge,usage", "Usage,usage", "usage.,usage", "modle_response,model_response",
			"modelResponse,model_response", "tool-call,tool.call", "tool.calls,tool.call" })
	void whenNameIsMisspeltThenNearestIsFound(String written, String meant) {
		assertThat(NearestName.of(written, KNOWN)).isEqualTo(meant);
	}

	@ParameterizedTest
	@CsvSource({ "prompt", "tool.#", "a", "usage", "." })
	void whenNothingOtherIsNearThenThereIsNone(String written) {
		assertThat(NearestName.of(written, KNOWN)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "tool.call.completed,model.call.completed", "tool.call.started,tool.call.completed" })
	void whenOneSegmentIsAnotherWordThenNameIsNotNear(String written, String known) {
		assertThat(NearestName.of(written, List.of(known))).isNull();
	}

	@Test
	void whenNothingIsKnownThenThereIsNone() {
		assertThat(NearestName.of("usage", List.of())).isNull();
		assertThat(NearestName.of("y", List.of("x", "."))).isNull();
		assertThat(NearestName.of("Y", List.of("x", "y"))).isEqualTo("y");
	}

}
