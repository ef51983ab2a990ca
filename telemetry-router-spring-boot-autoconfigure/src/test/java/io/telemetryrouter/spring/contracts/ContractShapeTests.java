package io.telemetryrouter.spring.contracts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.telemetryrouter.EventType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the verification of contracts with constraints or sealed types.
 */
class ContractShapeTests {

	record Plain(int value, @Nullable String text, List<String> tags) {
	}

	record Bound(@Positive @Max(9) int value, @Nullable @Size(max = 5) String text, @Size(min = 1) List<String> tags) {
	}

	record Looser(@Min(0) @Max(10) int value, @Nullable @Size(max = 6) String text, List<String> tags) {
	}

	record Same(@Min(1) @Max(9) int value, @Nullable @Size(max = 5) String text, @Size(min = 1) List<String> tags) {
	}

	record Matching(@Pattern(regexp = "[a-z]+") String text) {
	}

	record MatchingLess(@Pattern(regexp = "[a-y]+") String text) {
	}

	record OfText(String text) {
	}

	record NotEmpty(@NotBlank String text) {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	sealed interface Shape permits Circle, Square {

	}

	@JsonTypeName("circle")
	record Circle(double radius) implements Shape {
	}

	@JsonTypeName("square")
	record Square(double side) implements Shape {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	sealed interface OtherShape permits OtherCircle, OtherSquare {

	}

	@JsonTypeName("circle")
	record OtherCircle(double diameter) implements OtherShape {
	}

	@JsonTypeName("square")
	record OtherSquare(double side, @Nullable String color) implements OtherShape {
	}

	@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
	sealed interface OneShape permits OnlySquare {

	}

	@JsonTypeName("square")
	record OnlySquare(double side) implements OneShape {
	}

	record Drawing(List<Shape> shapes, Shape frame) {
	}

	record OtherDrawing(List<OtherShape> shapes, OtherShape frame) {
	}

	record OneDrawing(List<OneShape> shapes, OneShape frame) {
	}

	@TempDir
	Path directory;

	record Change(Class<?> before, Class<?> now, String... changes) {
	}

	static List<Change> changes() {
		String bound = "is bounded more tightly: ";
		return List.of(
				new Change(Plain.class, Bound.class, "'tags' " + bound + "minItems is 1, was not set",
						"'text' " + bound + "maxLength is 5, was not set",
						"'value' " + bound + "exclusiveMinimum is 0, was not set",
						"'value' " + bound + "maximum is 9, was not set"),
				new Change(Bound.class, Plain.class), new Change(Bound.class, Looser.class),
				new Change(Bound.class, Same.class), new Change(Same.class, Bound.class),
				new Change(Looser.class, Same.class, "'tags' " + bound + "minItems is 1, was not set",
						"'text' " + bound + "maxLength is 5, was 6", "'value' " + bound + "minimum is 1, was 0",
						"'value' " + bound + "maximum is 9, was 10"),
				new Change(Matching.class, MatchingLess.class, "'text' " + bound + "pattern is [a-y]+, was [a-z]+"),
				new Change(Matching.class, OfText.class),
				new Change(OfText.class, NotEmpty.class, "'text' " + bound + "minLength is 1, was not set"),
				new Change(Shape.class, Shape.class),
				new Change(Shape.class, OtherShape.class, "'<circle>.radius' is gone; was it renamed to 'diameter'?",
						"'<circle>.diameter' was added as required; make it @Nullable"),
				new Change(Shape.class, OneShape.class, "the payload has lost the alternative 'circle'"),
				new Change(OneShape.class, Shape.class), new Change(Drawing.class, Drawing.class),
				new Change(Drawing.class, OtherDrawing.class,
						"'frame<circle>.radius' is gone; was it renamed to 'diameter'?",
						"'frame<circle>.diameter' was added as required; make it @Nullable"),
				new Change(Drawing.class, OneDrawing.class, "'frame' has lost the alternative 'circle'",
						"'shapes[]' has lost the alternative 'circle'"),
				new Change(OneDrawing.class, Drawing.class));
	}

	@ParameterizedTest
	@MethodSource("changes")
	void whenAShapeChangesThenOnlyWhatBreaksReadersFails(Change change) throws Exception {
		Path file = this.directory.resolve("telemetry.json");
		contract(change.before()).verify(file);
		List<String> changes = List.of();
		try {
			contract(change.now()).verify(file);
		}
		catch (IncompatibleContractsException ex) {
			changes = ex.getChanges();
		}
		assertThat(changes).as(Files.readString(file))
			.containsExactlyElementsOf(List.of(change.changes()).stream().map((line) -> "a: " + line).toList());
	}

	private static TelemetryContracts contract(Class<?> type) {
		return TelemetryContracts.of(List.of(EventType.of("a", type)));
	}

}
