package io.telemetryrouter.internal.registry;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.EventPattern;

import static org.assertj.core.api.Assertions.assertThat;

class PatternIndexTests {

	private final PatternIndex<String> index = new PatternIndex<>();

	private Map<String, Integer> match(String name) {
		Map<String, Integer> found = new HashMap<>();
		this.index.match(name, (value, rank) -> found.merge(value, rank, Math::min));
		return found;
	}

	@ParameterizedTest
	@CsvSource({ "a, a, 0", "a.b, a.b, 0", "*, a, 1", "a.*, a.b, 1", "*.b, a.b, 1", "a.*.c, a.b.c, 1", "a.**, a.b, 1",
			"a.**, a.b.c, 1", "*.**, a.b, 1", "**, a, 2", "**, a.b.c, 2", "a.*, a., 1", "*.b, .b, 1", "*, ., -1",
			"*.*, ., 1", "a.**, a., 1", "*.**, ., 1", "a.*, a, -1", "a.**, a, -1", "a.*, a.b.c, -1", "a, b, -1",
			"a.*.c, a.b.d, -1", "*, a.b, -1", ".a, .a, 0", "a..b, a..b, 0", "a..b, a.b, -1", "a.*.b, a..b, 1",
			"a..*, a..b, 1", "a..*, a.b, -1", ".**, .a.b, 1", ".**, a.b, -1", "*., a., 1" })
	void whenPatternIsAddedThenItMatchesByItsRank(String pattern, String name, int rank) {
		this.index.add(EventPattern.parse(pattern), "value");
		assertThat(match(name)).isEqualTo((rank >= 0) ? Map.of("value", rank) : Map.of());
		assertThat(this.index.matchesAny(name)).isEqualTo(rank >= 0);
		assertThat(this.index.names(name)).isEqualTo(rank == 0);
	}

	@Test
	void whenNothingIsAddedThenNothingMatches() {
		assertThat(match("a.b")).isEmpty();
		assertThat(this.index.matchesAny("a.b")).isFalse();
		assertThat(this.index.names("a.b")).isFalse();
	}

	@Test
	void whenSeveralPatternsOfAValueMatchThenTheClosestIsTold() {
		for (String pattern : List.of("**", "a.*", "a.b")) {
			this.index.add(EventPattern.parse(pattern), "value");
		}
		assertThat(match("a.b")).isEqualTo(Map.of("value", 0));
		assertThat(match("a.c")).isEqualTo(Map.of("value", 1));
		assertThat(match("b.c")).isEqualTo(Map.of("value", 2));
	}

	@Test
	void whenOneOfTwoValuesOfAPatternIsRemovedThenTheOtherStays() {
		for (String pattern : List.of("**", "a.*", "a.**", "a.b")) {
			this.index.add(EventPattern.parse(pattern), "first");
			this.index.add(EventPattern.parse(pattern), "second");
			this.index.remove(EventPattern.parse(pattern), "first");
			assertThat(match("a.b")).containsOnlyKeys("second");
			assertThat(this.index.matchesAny("a.b")).isTrue();
			this.index.remove(EventPattern.parse(pattern), "second");
			assertThat(match("a.b")).isEmpty();
		}
		assertThat(isEmpty()).isTrue();
	}

	@Test
	void whenWhatWasNeverAddedIsRemovedThenNothingHappens() {
		this.index.add(EventPattern.parse("a.*"), "value");
		this.index.add(EventPattern.parse("a"), "value");
		for (String pattern : List.of("**", "a.*", "b.*", "a.b.*", "a.**", "a", "b", "a.*.c")) {
			this.index.remove(EventPattern.parse(pattern), "other");
		}
		assertThat(match("a.b")).containsOnlyKeys("value");
		assertThat(match("a")).containsOnlyKeys("value");
	}

	@Test
	void whenALongerPatternIsRemovedThenAShorterOneWithTheSameBeginningStays() {
		this.index.add(EventPattern.parse("a.*"), "short");
		this.index.add(EventPattern.parse("a.*.c"), "long");
		this.index.remove(EventPattern.parse("a.*.c"), "long");
		assertThat(match("a.b")).containsOnlyKeys("short");
		assertThat(match("a.b.c")).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void whenRandomPatternsComeAndGoThenTheIndexBehavesAsItsModel(long seed) throws Exception {
		Random random = new Random(seed);
		List<Map.Entry<EventPattern, String>> model = new ArrayList<>();
		for (int i = 0; i < 2000; i++) {
			if (random.nextInt(5) < 3) {
				EventPattern pattern = pattern(random);
				String value = "value" + random.nextInt(20);
				this.index.add(pattern, value);
				if (!model.contains(Map.entry(pattern, value))) {
					model.add(Map.entry(pattern, value));
				}
			}
			else if (!model.isEmpty()) {
				Map.Entry<EventPattern, String> removed = model.remove(random.nextInt(model.size()));
				this.index.remove(removed.getKey(), removed.getValue());
			}
			String name = name(random);
			Map<String, Integer> expected = new HashMap<>();
			for (Map.Entry<EventPattern, String> entry : model) {
				if (entry.getKey().matches(name)) {
					expected.merge(entry.getValue(), entry.getKey().rank(), Math::min);
				}
			}
			assertThat(match(name)).as("%s in %s", name, model).isEqualTo(expected);
			assertThat(this.index.matchesAny(name)).isEqualTo(!expected.isEmpty());
		}
		model.forEach((entry) -> this.index.remove(entry.getKey(), entry.getValue()));
		assertThat(isEmpty()).isTrue();
	}

	private static EventPattern pattern(Random random) {
		while (true) {
			StringBuilder text = new StringBuilder(segment(random, true));
			for (int i = random.nextInt(4); i > 0; i--) {
				text.append('.').append(segment(random, true));
			}
			if (random.nextInt(4) == 0) {
				text.append(".**");
			}
			if (random.nextInt(30) == 0) {
				return EventPattern.ALL;
			}
			try {
				return EventPattern.parse(text.toString());
			}
			catch (IllegalArgumentException ex) {
				// Blank.
				continue;
			}
		}
	}

	private static String name(Random random) {
		StringBuilder text = new StringBuilder(segment(random, false));
		for (int i = random.nextInt(4); i > 0; i--) {
			text.append('.').append(segment(random, false));
		}
		return text.toString();
	}

	private static String segment(Random random, boolean wildcards) {
		return switch (random.nextInt(wildcards ? 6 : 4)) {
			case 0 -> "a";
			case 1 -> "b";
			case 2 -> "ab";
			case 3 -> "";
			default -> "*";
		};
	}

	/** Whether the index holds no node and no set any more. */
	private boolean isEmpty() {
		try {
			return ((Map<?, ?>) field(this.index, "exact")).isEmpty()
					&& ((Map<?, ?>) field(field(this.index, "root"), "segments")).isEmpty()
					&& ((Collection<?>) field(field(this.index, "root"), "ends")).isEmpty();
		}
		catch (ReflectiveOperationException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Object field(Object of, String name) throws ReflectiveOperationException {
		Field field = of.getClass().getDeclaredField(name);
		field.setAccessible(true);
		return field.get(of);
	}

}
