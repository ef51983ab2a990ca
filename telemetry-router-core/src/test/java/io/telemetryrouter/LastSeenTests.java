package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Snapshots contain the time of the last event of a name and of a handler.
 */
class LastSeenTests {

	private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

	private final SetClock clock = new SetClock();

	private final TelemetryRouter router = TelemetryRouter.builder().clock(this.clock).build();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenNothingWasEmittedThenNothingWasSeen() {
		subscribe("quiet");
		assertThat(handler("quiet")).isNull();
		assertThat(event("quiet")).isNull();
	}

	@Test
	void whenEventsAreEmittedThenTheyAndTheirHandlersWereSeenAtTheLastOne() {
		subscribe("busy");
		subscribe("quiet");
		this.router.emit("busy", 1);
		this.router.snapshot();
		this.clock.now = START.plusSeconds(60);
		this.router.emit("nobody.listens", 1);
		assertThat(handler("busy")).isEqualTo(START);
		assertThat(event("busy")).isEqualTo(START);
		assertThat(event("nobody.listens")).isEqualTo(START.plusSeconds(60));
		this.router.emit("busy", 2);
		assertThat(handler("busy")).isEqualTo(START.plusSeconds(60));
		assertThat(event("busy")).isEqualTo(START.plusSeconds(60));
		assertThat(handler("quiet")).isNull();
	}

	@Test
	void whenNobodyReadsForLongThenTheRouterLooksItself() {
		subscribe("busy");
		this.router.emit("busy", 1);
		await().atMost(Duration.ofSeconds(30)).until(() -> this.clock.readers.contains("telemetry-router:watchdog"));
		this.clock.now = START.plusSeconds(3600);
		assertThat(handler("busy")).isEqualTo(START);
	}

	@Test
	void whenHandlerHasConditionThenItsTextAndSourceAreShown() {
		subscribe("plain");
		this.router
			.subscribe(HandlerSpec.on("x").id("conditional").condition(new Expensive()).handler((event, payload) -> {
			}).build());
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.handlers().get("plain").condition()).isNull();
		assertThat(snapshot.handlers().get("conditional").condition()).isEqualTo("cost > 1");
		assertThat(snapshot.handlers().get("conditional").source()).contains(LastSeenTests.class.getName());
	}

	private void subscribe(String name) {
		this.router.subscribe(HandlerSpec.on(name).id(name).handler((event, payload) -> {
		}).build());
	}

	private Instant handler(String id) {
		return Objects.requireNonNull(this.router.handlerSnapshot(id)).lastSeen();
	}

	private Instant event(String name) {
		return Objects.requireNonNull(this.router.eventSnapshot(name)).lastSeen();
	}

	private static final class Expensive implements Predicate<TelemetryEvent<Object>> {

		@Override
		public boolean test(TelemetryEvent<Object> event) {
			return true;
		}

		@Override
		public String toString() {
			return "cost > 1";
		}

	}

	private static final class SetClock implements InstantSource {

		private final Set<String> readers = ConcurrentHashMap.newKeySet();

		private volatile Instant now = START;

		@Override
		public Instant instant() {
			Instant instant = this.now;
			this.readers.add(Thread.currentThread().getName());
			return instant;
		}

	}

}
