package io.telemetryrouter.internal.support;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class NamesTests {

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r", "\t", "\u0000", "\u001B", "\u007F", "\u0085", "\u009B", "\u2028", "\u2029",
			"\u202E", "\u200B", "\uFEFF", "\uD800", "\uDC00" })
	void whenCharacterIsUnprintableThenItIsReplaced(String character) {
		assertThat(Names.printable("a" + character + "b")).isEqualTo("a\uFFFDb");
	}

	@Test
	void whenNameIsPrintableThenItIsLeftAlone() {
		assertThat(Names.printable("tool.r\u00FCn-1_\u4E2D")).isEqualTo("tool.r\u00FCn-1_\u4E2D");
	}

	@Test
	void whenNameIsLongThenItIsShortened() {
		assertThat(Names.printable("x".repeat(120))).isEqualTo("x".repeat(120));
		assertThat(Names.printable("x".repeat(1 << 20))).isEqualTo("x".repeat(120) + "\u2026");
	}

}
