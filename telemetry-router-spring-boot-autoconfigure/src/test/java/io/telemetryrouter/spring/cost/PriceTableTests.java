package io.telemetryrouter.spring.cost;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.Tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PriceTable}.
 */
class PriceTableTests {

	@Test
	void whenCallHasCachedInputThenEachTokenHasItsPrice() {
		PriceTable table = new PriceTable(List.of(price("gpt-4o*", "2.50", "10.00", "1.25")));
		// (6 x 2.50 + 4 x 1.25 + 7 x 10) / 1,000,000
		assertThat(table.costOf(call("gpt-4o-mini", null, new Tokens(10, 7, 4L, null, null))))
			.isEqualByComparingTo("0.00009");
	}

	@Test
	void whenCallWritesToCacheThenEachTokenHasItsPrice() {
		PriceTable table = new PriceTable(List.of(new ModelPrice("claude-*", new BigDecimal("3"), new BigDecimal("15"),
				new BigDecimal("0.30"), new BigDecimal("3.75"))));
		// (20 x 3 + 5000 x 0.30 + 300 x 3.75 + 7 x 15) / 1,000,000
		assertThat(table.costOf(call("claude-sonnet", null, new Tokens(5320, 7, 5000L, 300L, null))))
			.isEqualByComparingTo("0.00279");
	}

	@Test
	void whenCachedInputHasNoPriceThenItCostsWhatInputDoes() {
		PriceTable table = new PriceTable(List.of(price("*", "2", "0", null)));
		assertThat(table.costOf(call("x", null, new Tokens(1_000_000, 0, 400_000L, 300_000L, null))))
			.isEqualByComparingTo("2");
	}

	@Test
	void whenPriceHasManyDigitsThenNothingIsRounded() {
		PriceTable table = new PriceTable(List.of(price("x", "0.123456789012345678901", "0", null)));
		assertThat(table.costOf(call("x", null, new Tokens(3, 0))))
			.isEqualByComparingTo("0.000000370370367037037036703");
	}

	@Test
	void whenSeveralPatternsMatchThenTheMostSpecificCountsInAnyOrder() {
		List<ModelPrice> prices = new ArrayList<>(List.of(price("*", "1", "0", null), price("gpt-*", "2", "0", null),
				price("gpt-4o*", "3", "0", null), price("gpt-4o-mini", "4", "0", null)));
		for (int i = 0; i < prices.size(); i++) {
			Collections.rotate(prices, 1);
			PriceTable table = new PriceTable(prices);
			Tokens million = new Tokens(1_000_000, 0);
			assertThat(table.costOf(call("gpt-4o-mini", null, million))).isEqualByComparingTo("4");
			assertThat(table.costOf(call("gpt-4o-2024", null, million))).isEqualByComparingTo("3");
			assertThat(table.costOf(call("gpt-3", null, million))).isEqualByComparingTo("2");
			assertThat(table.costOf(call("claude", null, million))).isEqualByComparingTo("1");
		}
	}

	@Test
	void whenModelThatAnsweredHasNoPriceThenThatAskedForCounts() {
		PriceTable table = new PriceTable(List.of(price("best", "1", "0", null)));
		assertThat(table.costOf(call("x-2024", "best", new Tokens(1_000_000, 0)))).isEqualByComparingTo("1");
		assertThat(table.costOf(call("x-2024", "other", new Tokens(1, 0)))).isNull();
		assertThat(table.costOf(call(null, null, new Tokens(1, 0)))).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "gpt-4o*,gpt-4o*,true", "gpt-4o,gpt-4o,true", "gpt-*-mini,gpt-4o*,true", "a*b,*ab,true", "a**,a*,true",
			"gpt-4o*,gpt-*,false", "gpt-4o,gpt-4o*,false", "*,x,false", "gpt-4o*,claude*,false", "a*b,a*c,false" })
	void whenPatternsOverlapAndNoneIsMoreSpecificThenTheyAreRefused(String one, String other, boolean ambiguous) {
		assertThat(PriceTable.isAmbiguous(one, other)).isEqualTo(ambiguous);
		assertThat(PriceTable.isAmbiguous(other, one)).isEqualTo(ambiguous);
		if (ambiguous) {
			assertThatIllegalArgumentException()
				.isThrownBy(() -> new PriceTable(List.of(price(one, "1", "1", null), price(other, "1", "1", null))))
				.withMessageContaining("'" + one + "'")
				.withMessageContaining("'" + other + "'");
		}
	}

	@Test
	void whenPriceIsNegativeThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> price("x", "-1", "1", null));
		assertThatIllegalArgumentException().isThrownBy(() -> price("x", "1", "-1", null));
		assertThatIllegalArgumentException().isThrownBy(() -> price("x", "1", "1", "-1"));
		assertThatIllegalArgumentException().isThrownBy(
				() -> new ModelPrice("x", BigDecimal.ONE, BigDecimal.ONE, BigDecimal.ONE, BigDecimal.valueOf(-1)));
	}

	private static ModelPrice price(String model, String input, String output, @Nullable String cached) {
		return new ModelPrice(model, new BigDecimal(input), new BigDecimal(output),
				(cached != null) ? new BigDecimal(cached) : null, null);
	}

	static ModelCall.Completed call(@Nullable String model, @Nullable String requested, @Nullable Tokens tokens) {
		return call(Run.of("r1"), model, requested, tokens);
	}

	static ModelCall.Completed call(Run run, @Nullable String model, @Nullable String requested,
			@Nullable Tokens tokens) {
		ModelCall.Started started = new ModelCall.Started(run, "chat", 1, "openai", requested, false, 1, List.of(),
				null);
		return new ModelCall.Completed(started, Duration.ofMillis(1), null, model, null, tokens,
				(tokens != null) ? null : "not reported", List.of("stop"), 0, null);
	}

}
