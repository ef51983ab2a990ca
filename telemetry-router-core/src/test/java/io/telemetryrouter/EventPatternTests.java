package io.telemetryrouter;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EventPatternTests {

	@ParameterizedTest
	@CsvSource({ "a,a", "a.b,a.b", "*,a", "*.b,a.b", "a.*,a.b", "a.*.c,a.b.c", "*.*,a.b", "a.**,a.b", "a.**,a.b.c",
			"a.**,a.b.c.d", "*.**,a.b", "*.**,a.b.c", "a.*.**,a.b.c", "**,a", "**,a.b.c" })
	void whenNameFitsThenItMatches(String pattern, String name) {
		assertThat(EventPattern.parse(pattern).matches(name)).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "a,b", "a,A", "a,a.b", "a.b,a", "*,a.b", "a.*,a", "a.*,a.b.c", "*.b,b", "*.b,a.c", "a.*.c,a.c",
			"a.*.c,a.b.b.c", "a.**,a", "a.**,b.c", "a.**,ab.c", "a.*,ab.c", "*.**,a", "a.*.**,a.b", "ab.*,a.b",
			"a.*,aa.b" })
	void whenNameDoesNotFitThenItDoesNotMatch(String pattern, String name) {
		assertThat(EventPattern.parse(pattern).matches(name)).isFalse();
	}

	@Test
	void whenNameHasOddDotsThenEmptySegmentsCountAsSegments() {
		EventPattern one = EventPattern.parse("*");
		EventPattern two = EventPattern.parse("*.*");
		EventPattern three = EventPattern.parse("*.*.*");
		assertThat(one.matches(".")).isFalse();
		assertThat(two.matches(".")).isTrue();
		assertThat(two.matches(".a")).isTrue();
		assertThat(two.matches("a.")).isTrue();
		assertThat(two.matches("a..b")).isFalse();
		assertThat(three.matches("a..b")).isTrue();
		assertThat(EventPattern.parse("a.**").matches("a.")).isTrue();
		assertThat(EventPattern.parse("a.**").matches("a..")).isTrue();
		assertThat(EventPattern.parse("a.*").matches(".a")).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { ".a", "a.", "a..b", ".", "a b", "\u0000", "\n", "\uD800", "a.\uDC00.b", "\uD83D\uDE00.x",
			"\u202E" })
	void whenNameIsOddThenItMatchesItselfAndEverything(String name) {
		if (!name.isBlank()) {
			EventPattern exact = EventPattern.parse(name);
			assertThat(exact.matches(name)).isTrue();
			assertThat(exact.matches(name + "x")).isFalse();
			assertThat(exact.isExact()).isTrue();
		}
		assertThat(EventPattern.ALL.matches(name)).isTrue();
	}

	@Test
	void whenNameIsHugeThenItIsMatched() {
		String segment = "x".repeat(1 << 20);
		assertThat(EventPattern.parse("a.*").matches("a." + segment)).isTrue();
		assertThat(EventPattern.parse("*").matches(segment)).isTrue();
		assertThat(EventPattern.parse("*").matches(".".repeat(1 << 20))).isFalse();
		assertThat(EventPattern.parse("a.**").matches("a" + ".".repeat(1 << 20))).isTrue();
		assertThat(EventPattern.parse(segment).matches(segment)).isTrue();
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "\t\n" })
	void whenTextIsNullOrBlankThenItIsRejected(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> EventPattern.parse(text))
			.withMessage("Event name or pattern must not be null or blank");
	}

	@ParameterizedTest
	@CsvSource({ "a..*,a..b,a.b", ".*,.a,a", "*.,a.,a", ".**,.a.b,a.b", "*..*,a..b,a.b" })
	void whenPatternHasEmptySegmentThenItStandsForOne(String text, String name, String other) {
		assertThat(EventPattern.parse(text).matches(name)).isTrue();
		assertThat(EventPattern.parse(text).matches(other)).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "**.a", "a.**.b", "**.**", "**.*" })
	void whenDoubleWildcardIsNotLastThenItIsRejected(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> EventPattern.parse(text))
			.withMessage("Event pattern '%s' has '**' before its end: use '*' for each single segment there", text);
	}

	@ParameterizedTest
	@CsvSource({ "a*,a*", "*a,*a", "a.b*.c,b*", "***,***", "a.***,***", "a.**b,**b" })
	void whenWildcardIsPartOfSegmentThenItIsRejected(String text, String segment) {
		assertThatIllegalArgumentException().isThrownBy(() -> EventPattern.parse(text))
			.withMessage("Event pattern '%s' mixes '*' with text in segment '%s': "
					+ "a wildcard stands for a whole segment, as in 'model.*'", text, segment);
	}

	@Test
	void whenRankedThenExactIsBeforePatternIsBeforeAll() {
		assertThat(EventPattern.parse("a.b").rank()).isLessThan(EventPattern.parse("a.*").rank());
		assertThat(EventPattern.parse("a.**").rank()).isEqualTo(EventPattern.parse("*").rank())
			.isLessThan(EventPattern.ALL.rank());
		assertThat(EventPattern.parse("*").isExact()).isFalse();
		assertThat(EventPattern.ALL.isExact()).isFalse();
	}

	@Test
	void whenTextIsEqualThenPatternsAreEqual() {
		assertThat(EventPattern.parse("a.*")).isEqualTo(EventPattern.parse("a.*"))
			.hasSameHashCodeAs(EventPattern.parse("a.*"))
			.isNotEqualTo(EventPattern.parse("a.**"))
			.isNotEqualTo("a.*")
			.hasToString("a.*");
		assertThat(EventPattern.parse("**")).isSameAs(EventPattern.ALL);
	}

}
