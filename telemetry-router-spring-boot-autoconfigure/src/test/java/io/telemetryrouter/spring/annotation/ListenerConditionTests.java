package io.telemetryrouter.spring.annotation;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.expression.ParseException;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for SpEL conditions on payloads without the properties that they read.
 */
class ListenerConditionTests {

	private static HandlerSnapshot emit(String condition, List<@Nullable Object> payloads) {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(HandlerSpec.on("x")
				.id("handler")
				.condition(
						ListenerCondition.parse(condition, ListenerCondition.context(new DefaultListableBeanFactory())))
				.handler((event, payload) -> {
				})
				.build());
			payloads.forEach((payload) -> router.emit("x", payload));
			HandlerSnapshot handler = router.handlerSnapshot("handler");
			assertThat(handler).isNotNull();
			assertThat(handler.account().isBalanced()).isTrue();
			return handler;
		}
	}

	private static List<@Nullable Object> absent() {
		Map<String, Object> withNull = new HashMap<>();
		withNull.put("cost", null);
		return Arrays.asList(null, Map.of(), Map.of("other", 1), withNull, new TreeMap<>(Map.of("other", 1)),
				new Priced(null));
	}

	@ParameterizedTest
	@CsvSource({ "payload.cost > 1, false", "payload.cost >= 1, false", "payload.cost == 1, false",
			"payload.cost != null, false", "payload.cost == null, true", "payload.cost < 1, true",
			"payload.cost.amount > 1, false", "payload.cost, false", "!(payload.cost > 1), true",
			"payload.cost > 1 or name == 'x', true" })
	void whenWhatConditionReadsIsAbsentThenItIsNull(String condition, boolean handled) {
		HandlerSnapshot handler = emit(condition, absent());
		assertThat(handler.account().handled()).isEqualTo(handled ? 6 : 0);
		assertThat(handler.account().filtered()).isEqualTo(handled ? 0 : 6);
	}

	@Test
	void whenKeyIsThereAfterItWasAbsentThenItIsRead() {
		Map<String, Object> cheap = Map.of("cost", 1);
		Map<String, Object> dear = Map.of("cost", 2);
		HandlerSnapshot handler = emit("payload.cost > 1", Arrays.asList(Map.of(), dear, null, dear, cheap, Map.of(),
				new Priced(2), Map.of(), new Priced(null), dear));
		assertThat(handler.account().handled()).isEqualTo(4);
		assertThat(handler.account().filtered()).isEqualTo(6);
	}

	@ParameterizedTest
	@ValueSource(strings = { "#cost > 1", "payload.cost > #limit", "name == 'x' and !#isDear(payload)",
			"payload.?[#that > 1]" })
	void whenConditionReadsAVariableThenItIsRefused(String condition) {
		assertThatExceptionOfType(ParseException.class).isThrownBy(() -> emit(condition, List.of()))
			.withMessageContaining("there is no variable '#");
	}

	@ParameterizedTest
	@ValueSource(strings = { "cost", "cost > 1", "name == 'x' and cost > 1", "!(event.cost > 1)", "cost() > 1",
			"#root.cost > 1", "payload.equals(cost)", "{cost, 1}.empty", "payload != null ? cost : name" })
	void whenConditionReadsWhatNoEventHasThenItIsRefused(String condition) {
		assertThatExceptionOfType(ParseException.class).isThrownBy(() -> emit(condition, List.of()))
			.withMessageContaining("an event has no '");
	}

	@ParameterizedTest
	@ValueSource(strings = { "payload.?[cost > 1].empty", "payload.![cost].empty", "payload['cost'] == 1",
			"payload[cost] == 1", "{cost: 1}.empty", "runId?.length() > 1", "span().durationNanos > 1",
			"payload.contains(name)", "T(java.lang.Math).abs(sequence) > 1", "new java.util.Date(sequence) == null",
			"@limits.cost > 1", "payload?.cost ?: false" })
	void whenConditionReadsOnlyWhatAnEventHasThenItIsAccepted(String condition) {
		assertThat(emit(condition, List.of()).condition()).isEqualTo(condition);
	}

	@Test
	void whenConditionReadsRootOrElementThenItIsAccepted() {
		HandlerSnapshot handler = emit("#root.payload.?[#this > 1].empty", List.of(List.of(1), List.of(2)));
		assertThat(handler.account().handled()).isOne();
		assertThat(handler.account().filtered()).isOne();
	}

	@Test
	void whenMapHasNoSuchKeyButAPropertyThenItIsRead() {
		HandlerSnapshot handler = emit("payload.empty", List.of(Map.of(), Map.of("a", 1)));
		assertThat(handler.account().handled()).isOne();
		assertThat(handler.account().filtered()).isOne();
	}

	@ParameterizedTest
	@ValueSource(strings = { "payload.csot > 1", "payload.cost()", "payload.name" })
	void whenConditionCannotBeDecidedThenItIsCountedApartAndDoesNotQuarantine(String condition) {
		HandlerSnapshot handler = emit(condition, Collections.nCopies(30, new Priced(2)));
		assertThat(handler.account().dropped()).containsEntry(DropReason.CONDITION_FAILED, 30L);
		assertThat(handler.account().failed()).isZero();
		assertThat(handler.status()).isEqualTo(HandlerStatus.ACTIVE);
	}

	public record Priced(@Nullable Integer cost) {

		public String name() {
			return "no boolean";
		}

	}

}
