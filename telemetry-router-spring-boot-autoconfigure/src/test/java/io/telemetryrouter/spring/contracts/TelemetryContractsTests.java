package io.telemetryrouter.spring.contracts;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEventType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TelemetryContracts} and its verification.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryContractsTests {

	enum Status {

		OK, FAILED

	}

	enum LessStatus {

		OK

	}

	enum MoreStatus {

		OK, FAILED, CANCELLED

	}

	record Usage(int input, int output) {
	}

	record MoreUsage(int input, int output, @Nullable Integer cached) {
	}

	record LessUsage(int input) {
	}

	record Response(String model, int tokens, @Nullable String finish) {
	}

	record Renamed(String model, int tokenCount, @Nullable String finish) {
	}

	record Removed(String model, int tokens) {
	}

	record OptionalAdded(String model, int tokens, @Nullable String finish, @Nullable Double cost,
			Optional<String> note) {
	}

	record RequiredAdded(String model, int tokens, @Nullable String finish, double cost) {
	}

	record Required(String model, int tokens, String finish) {
	}

	record Changed(String model, String tokens, @Nullable String finish) {
	}

	record Widened(String model, long tokens, @Nullable String finish) {
	}

	record OfStatus(Status value) {
	}

	record OfLessStatus(LessStatus value) {
	}

	record OfMoreStatus(MoreStatus value) {
	}

	record OfUsage(Usage value) {
	}

	record OfMoreUsage(MoreUsage value) {
	}

	record OfLessUsage(LessUsage value) {
	}

	record OfUsages(List<Usage> value) {
	}

	record OfLessUsages(List<LessUsage> value) {
	}

	record OfMap(Map<String, Usage> value) {
	}

	record OfLessMap(Map<String, LessUsage> value) {
	}

	record OfLong(long value) {
	}

	record OfInt(int value) {
	}

	record OfDouble(double value) {
	}

	record OfText(String value) {
	}

	record OfInstant(Instant value) {
	}

	record OfDuration(Duration value) {
	}

	record OfNullable(@Nullable Usage value) {
	}

	record Tree(String name, List<Tree> children) {
	}

	record LessTree(String name) {
	}

	record OtherTree(int name, List<OtherTree> children) {
	}

	@TelemetryEventType(value = "tool called", version = 3)
	record ToolCalled(String tool) {
	}

	@TempDir
	Path directory;

	private Path file() {
		return this.directory.resolve("contracts/telemetry.json");
	}

	private static TelemetryContracts contract(Class<?> type, int version) {
		return TelemetryContracts.of(List.of(EventType.of("model.response", type, version)));
	}

	private List<String> changes(Class<?> before, Class<?> now) throws Exception {
		Files.deleteIfExists(file());
		contract(before, 1).verify(file());
		byte[] written = Files.readAllBytes(file());
		try {
			contract(now, 1).verify(file());
			return List.of();
		}
		catch (IncompatibleContractsException ex) {
			return ex.getChanges();
		}
		finally {
			assertThat(Files.readAllBytes(file())).isEqualTo(written);
		}
	}

	@Test
	void whenThereIsNoFileThenItIsWrittenAndSaid(CapturedOutput output) throws Exception {
		contract(Response.class, 2).verify(file());
		assertThat(output).contains("Wrote the contracts of 1 event to '" + file() + "', which did not exist");
		assertThat(Files.readString(file())).isEqualTo("""
				{
				  "model.response" : {
				    "version" : 2,
				    "schema" : {
				      "$schema" : "https://json-schema.org/draft/2020-12/schema",
				      "type" : "object",
				      "properties" : {
				        "finish" : {
				          "type" : [
				            "string",
				            "null"
				          ]
				        },
				        "model" : {
				          "type" : "string"
				        },
				        "tokens" : {
				          "type" : "integer",
				          "format" : "int32"
				        }
				      },
				      "required" : [
				        "model",
				        "tokens"
				      ],
				      "$id" : "urn:telemetry-router:model.response:2"
				    }
				  }
				}
				""");
	}

	@Test
	void whenAComponentIsRenamedThenTheGateFailsAndShowsTheDifference() {
		contract(Response.class, 1).verify(file());
		assertThatExceptionOfType(IncompatibleContractsException.class)
			.isThrownBy(() -> contract(Renamed.class, 1).verify(file()))
			.withMessage("""
					Contracts are no longer compatible with '%s':

					  model.response, version 1 with '%s'
					    - 'tokens' is gone; was it renamed to 'tokenCount'?
					    - 'tokenCount' was added as required; make it @Nullable

					Undo the change, or raise the version in @TelemetryEventType. To accept the change, run with \
					-Dtelemetry.contracts.update=true, which updates the file.""".formatted(file(),
					Renamed.class.getName()));
	}

	@Test
	void whenAnOptionalComponentIsAddedThenTheGatePasses(CapturedOutput output) throws Exception {
		assertThat(changes(Response.class, OptionalAdded.class)).isEmpty();
		assertThat(output).contains("Contracts have changed compatibly");
	}

	record Change(Class<?> before, Class<?> now, List<String> changes) {
	}

	static List<Change> changes() {
		return List.of(new Change(Response.class, Response.class, List.of()),
				new Change(Response.class, Removed.class, List.of("'finish' is gone")),
				new Change(Removed.class, Response.class, List.of()),
				new Change(Response.class, RequiredAdded.class,
						List.of("'cost' was added as required; make it @Nullable")),
				new Change(Response.class, Required.class,
						List.of("'finish' has become required", "'finish' may no longer be null")),
				new Change(Response.class, Changed.class, List.of("'tokens' is string, was integer (int32)")),
				new Change(Response.class, Widened.class, List.of()),
				new Change(Widened.class, Response.class, List.of("'tokens' is integer (int32), was integer (int64)")),
				new Change(OfStatus.class, OfLessStatus.class, List.of("'value' has lost the constant 'FAILED'")),
				new Change(OfStatus.class, OfMoreStatus.class, List.of()),
				new Change(OfText.class, OfStatus.class, List.of("'value' is string of constants, was string")),
				new Change(OfStatus.class, OfText.class, List.of()),
				new Change(OfUsage.class, OfLessUsage.class, List.of("'value.output' is gone")),
				new Change(OfUsage.class, OfMoreUsage.class, List.of()),
				new Change(OfUsages.class, OfLessUsages.class, List.of("'value[].output' is gone")),
				new Change(OfMap.class, OfLessMap.class, List.of("'value{}.output' is gone")),
				new Change(OfUsage.class, OfNullable.class, List.of()),
				new Change(OfNullable.class, OfUsage.class,
						List.of("'value' has become required", "'value' may no longer be null")),
				new Change(OfNullable.class, OfLessUsage.class,
						List.of("'value' has become required", "'value' may no longer be null",
								"'value.output' is gone")),
				new Change(OfLong.class, OfDouble.class, List.of("'value' is number (double), was integer (int64)")),
				new Change(OfInt.class, OfDouble.class, List.of()),
				new Change(OfText.class, OfInstant.class, List.of("'value' is string (date-time), was string")),
				new Change(OfInstant.class, OfText.class, List.of()),
				new Change(OfInstant.class, OfDuration.class,
						List.of("'value' is string (duration), was string (date-time)")),
				new Change(OfUsage.class, OfText.class, List.of("'value' is string, was object")),
				new Change(Tree.class, Tree.class, List.of()),
				new Change(Tree.class, LessTree.class, List.of("'children' is gone")),
				new Change(Tree.class, OtherTree.class, List.of("'name' is integer (int32), was string")));
	}

	@ParameterizedTest
	@MethodSource("changes")
	void whenATypeChangesThenOnlyWhatBreaksReadersFails(Change change) throws Exception {
		assertThat(changes(change.before(), change.now()))
			.containsExactlyElementsOf(change.changes().stream().map((line) -> "model.response: " + line).toList());
	}

	@Test
	void whenTheVersionIsHigherThenAnythingMayChangeAndALowerOneFails() throws Exception {
		contract(Response.class, 1).verify(file());
		contract(Renamed.class, 2).verify(file());
		Files.delete(file());
		contract(Response.class, 2).verify(file());
		assertThatExceptionOfType(IncompatibleContractsException.class)
			.isThrownBy(() -> contract(Response.class, 1).verify(file()))
			.withMessageContaining("its version is 1, was 2");
	}

	@Test
	void whenAContractIsGoneThenTheGateFails() {
		contract(Response.class, 1).verify(file());
		assertThatExceptionOfType(IncompatibleContractsException.class)
			.isThrownBy(() -> TelemetryContracts.of(ToolCalled.class).verify(file()))
			.withMessageContaining("model.response\n    - the event has no contract any more");
	}

	@Test
	void whenAnUpdateIsAskedForThenTheFileIsWrittenAnew() {
		contract(Response.class, 1).verify(file());
		System.setProperty("telemetry.contracts.update", "true");
		try {
			contract(Renamed.class, 1).verify(file());
		}
		finally {
			System.clearProperty("telemetry.contracts.update");
		}
		contract(Renamed.class, 1).verify(file());
	}

	@Test
	void whenAnEventHasTwoContractsThenBothClassesAreNamed() {
		assertThatExceptionOfType(ContractDefinitionException.class)
			.isThrownBy(() -> TelemetryContracts
				.of(List.of(EventType.of("a", Usage.class), EventType.of("a", Response.class, 2))))
			.withMessageContaining("version 1 with '" + Usage.class.getName() + "'")
			.withMessageContaining("version 2 with '" + Response.class.getName() + "'");
		assertThatExceptionOfType(ContractDefinitionException.class).isThrownBy(
				() -> TelemetryContracts.of(List.of(EventType.of("a", Usage.class), EventType.of("a", Usage.class, 2))))
			.withMessageContaining("Give the event one version");
		assertThat(TelemetryContracts.of(ToolCalled.class, ToolCalled.class).types()).hasSize(1);
	}

	@Test
	void whenAPayloadIsOfTheContractsClassThenItHasASchema() {
		TelemetryContracts contracts = TelemetryContracts.of(ToolCalled.class);
		assertThat(contracts.schemaUri("tool called", new ToolCalled("a")))
			.isEqualTo("urn:telemetry-router:tool%20called:3");
		assertThat(contracts.schemaUri("tool called", "text")).isNull();
		assertThat(contracts.schemaUri("other", new ToolCalled("a"))).isNull();
	}

}
