package io.telemetryrouter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 2: the order of handlers.
 */
class HandlerOrderTests {

	private final List<String> calls = new ArrayList<>();

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenPrioritiesDifferThenLowerRunsFirst() {
		subscribe("late", 10, "a.b");
		subscribe("lowest", Integer.MIN_VALUE, "a.b");
		subscribe("highest", Integer.MAX_VALUE, "a.b");
		subscribe("early", -10, "a.b");
		assertOrder("lowest", "early", "late", "highest");
	}

	@Test
	void whenPriorityIsLeftOpenThenItIsZero() {
		subscribe("after", 1, "a.b");
		subscribe("open", null, "a.b");
		subscribe("before", -1, "a.b");
		assertOrder("before", "open", "after");
		assertThat(this.router.handlerSnapshot("open").priority()).isZero();
	}

	@Test
	void whenDefaultPriorityIsSetThenHandlersThatLeaveItOpenTakeIt() {
		this.router.close();
		this.router = TelemetryRouter.builder().defaultPriority(5).build();
		subscribe("open", null, "a.b");
		subscribe("six", 6, "a.b");
		subscribe("four", 4, "a.b");
		assertOrder("four", "open", "six");
	}

	@Test
	void whenPrioritiesTieThenExactNamePrecedesPatternPrecedesEverything() {
		subscribe("everything", 0, "**");
		subscribe("deep pattern", 0, "a.**");
		subscribe("exact", 0, "a.b");
		subscribe("pattern", 0, "a.*");
		assertOrder("exact", "deep pattern", "pattern", "everything");
	}

	@Test
	void whenPriorityAndKindTieThenRegistrationDecides() {
		for (String id : List.of("one", "two", "three", "four", "five")) {
			subscribe(id, 0, "a.b");
		}
		assertOrder("one", "two", "three", "four", "five");
	}

	@Test
	void whenPriorityDiffersThenItOutweighsKindAndRegistration() {
		subscribe("exact", 1, "a.b");
		subscribe("everything", 0, "**");
		assertOrder("everything", "exact");
	}

	@Test
	void whenHandlerHasSeveralPatternsThenItsClosestMatchCounts() {
		subscribe("pattern", 0, "a.*");
		subscribe("both", 0, "**", "a.b");
		subscribe("other exact", 0, "a.c", "a.**");
		assertOrder("both", "pattern", "other exact");
	}

	@Test
	void whenHandlerMatchesTwiceThenItRunsOnce() {
		subscribe("twice", 0, "a.b", "a.*", "**");
		assertOrder("twice");
	}

	@Test
	void whenHandlerLeavesAndReturnsThenItIsTheLatest() {
		Subscription first = subscribe("first", 0, "a.b");
		subscribe("second", 0, "a.b");
		assertOrder("first", "second");
		first.close();
		assertOrder("second");
		subscribe("first", 0, "a.b");
		assertOrder("second", "first");
	}

	@Test
	void whenHandlersAreAsyncThenSnapshotStillShowsTheOrder() {
		subscribe("sync", 1, "a.b");
		this.router.subscribe(HandlerSpec.on("a.b").id("async").priority(0).async().handler((name, payload) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("**").id("last").priority(1).async().handler((name, payload) -> {
		}).build());
		this.router.emit("a.b", null);
		assertThat(this.router.eventSnapshot("a.b").handlers()).containsExactly("async", "sync", "last");
		assertThat(this.router.snapshot().events().get("a.b").handlers()).containsExactly("async", "sync", "last");
	}

	@Test
	void whenNothingWasEmittedYetThenSnapshotShowsTheOrderOfNamedEvents() {
		subscribe("everything", 0, "**");
		subscribe("named", 0, "a.b");
		assertThat(this.router.eventSnapshot("a.b").handlers()).containsExactly("named", "everything");
	}

	@Test
	void whenOneHandlerEmitsThenAllHandlersOfTheInnerEventRunBeforeTheNextOfTheOuter() {
		this.router.subscribe("outer", (name, payload) -> {
			this.calls.add("outer 1");
			this.router.emit("inner", null);
		});
		this.router.subscribe("outer", (name, payload) -> this.calls.add("outer 2"));
		this.router.subscribe("inner", (name, payload) -> this.calls.add("inner 1"));
		this.router.subscribe("inner", (name, payload) -> this.calls.add("inner 2"));
		this.router.emit("outer", null);
		assertThat(this.calls).containsExactly("outer 1", "inner 1", "inner 2", "outer 2");
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 })
	void whenManyHandlersAreRegisteredInAnyOrderThenTheyRunSorted(long seed) {
		Random random = new Random(seed);
		List<Planned> plan = new ArrayList<>();
		for (int i = 0; i < 60; i++) {
			int rank = random.nextInt(3);
			plan.add(new Planned("h" + i, random.nextInt(5) - 2, rank, i));
		}
		Collections.shuffle(plan, random);
		List<Planned> registered = new ArrayList<>();
		for (Planned planned : plan) {
			subscribe(planned.id, planned.priority, List.of("a.b", "a.*", "**").get(planned.rank));
			registered.add(new Planned(planned.id, planned.priority, planned.rank, registered.size()));
		}
		registered.sort((one, other) -> {
			int byPriority = Integer.compare(one.priority, other.priority);
			int byRank = (byPriority != 0) ? byPriority : Integer.compare(one.rank, other.rank);
			return (byRank != 0) ? byRank : Integer.compare(one.number, other.number);
		});
		assertOrder(registered.stream().map(Planned::id).toArray(String[]::new));
	}

	private Subscription subscribe(String id, Integer priority, String... patterns) {
		HandlerSpec.Builder<Object> spec = HandlerSpec.on(patterns).id(id);
		if (priority != null) {
			spec.priority(priority);
		}
		return this.router.subscribe(spec.handler((name, payload) -> this.calls.add(id)).build());
	}

	private void assertOrder(String... ids) {
		this.calls.clear();
		this.router.emit("a.b", null);
		assertThat(this.calls).containsExactly(ids);
		assertThat(this.router.eventSnapshot("a.b").handlers()).containsExactly(ids);
	}

	private record Planned(String id, int priority, int rank, int number) {
	}

}
