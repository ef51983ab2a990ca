package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Readers share snapshots: none can change what another one sees.
 */
class SnapshotImmutabilityTests {

	private static final HandlerAccount ACCOUNT = HandlerAccount.EMPTY;

	private final CapturedLog log = new CapturedLog();

	private final ManualTime time = new ManualTime();

	private final CountDownLatch hang = new CountDownLatch(1);

	private final TelemetryRouter router = this.time.router()
		.stuckThreshold(Duration.ofMillis(10))
		.quarantine(QuarantineSettings.defaults().withFailures(2))
		.build();

	@BeforeEach
	void fill() {
		CountDownLatch hanging = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("x", "y.*").id("b failing").handler((event, payload) -> {
			throw new IllegalStateException("on purpose");
		}).build());
		this.router.subscribe(HandlerSpec.on("x").id("a hung").async().handler((event, payload) -> {
			hanging.countDown();
			Books.pass(this.hang);
		}).build());
		this.router.subscribe("**", (event, payload) -> {
		}).close();
		for (int i = 0; i < 5; i++) {
			this.router.emit("x", i);
		}
		this.router.emit("no handler", null);
		Books.pass(hanging);
		Books.eventually(() -> {
			this.time.advance(Duration.ofMillis(10));
			return !this.router.handlerSnapshot("a hung").stuckCalls().isEmpty();
		});
	}

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	@Test
	void whenRouterSnapshotIsTakenThenItsHandlersCannotBeChanged() {
		assertThat(this.router.snapshot().handlers()).isUnmodifiable();
	}

	@Test
	void whenRouterSnapshotIsTakenThenItsEventsCannotBeChanged() {
		assertThat(this.router.snapshot().events()).isUnmodifiable();
	}

	@Test
	void whenRouterSnapshotIsTakenThenItsHandlersAreInOrderOfRegistrationAndItsEventsByName() {
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.handlers().keySet()).containsExactly("b failing", "a hung");
		assertThat(snapshot.events().keySet()).containsExactly("no handler", "x");
	}

	@Test
	void whenRouterIsEmptyThenItsSnapshotCannotBeChangedEither() {
		try (TelemetryRouter empty = TelemetryRouter.builder().build()) {
			RouterSnapshot snapshot = empty.snapshot();
			assertThat(snapshot.handlers()).isUnmodifiable();
			assertThat(snapshot.events()).isUnmodifiable();
			assertThat(snapshot.retired().dropped()).isUnmodifiable();
		}
	}

	@Test
	void whenEventSnapshotIsTakenThenItsHandlersCannotBeChanged() {
		assertThat(this.router.eventSnapshot("x").handlers()).hasSize(2).isUnmodifiable();
		assertThat(this.router.eventSnapshot("no handler").handlers()).isEmpty();
		assertThat(this.router.eventSnapshot("no handler").handlers()).isUnmodifiable();
		assertThat(this.router.snapshot().events().get("x").handlers()).isUnmodifiable();
	}

	@Test
	void whenHandlerSnapshotIsTakenThenNothingOfItCanBeChanged() {
		HandlerSnapshot failing = this.router.handlerSnapshot("b failing");
		assertThat(failing.patterns()).containsExactly("x", "y.*").isUnmodifiable();
		assertThat(failing.failures()).hasSize(2).isUnmodifiable();
		assertThat(failing.stuckCalls()).isEmpty();
		assertThat(failing.stuckCalls()).isUnmodifiable();
		assertThat(failing.account().dropped()).isUnmodifiable();
		HandlerSnapshot hung = this.router.handlerSnapshot("a hung");
		assertThat(hung.stuckCalls()).hasSize(1).isUnmodifiable();
		assertThat(hung.stuckCalls().get(0).stack()).isNotEmpty().isUnmodifiable();
		assertThat(hung.account().dropped()).isUnmodifiable();
	}

	@Test
	void whenAccountsAreAddedThenTheSumCannotBeChanged() {
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.retired().dropped()).isUnmodifiable();
		assertThat(HandlerAccount.EMPTY.dropped()).isUnmodifiable();
		assertThat(snapshot.retired().plus(snapshot.handlers().get("b failing").account()).dropped()).isUnmodifiable();
	}

	@Test
	void whenFlushIsIncompleteThenItsResultCannotBeChanged() {
		FlushResult result = this.router.flush(Duration.ZERO);
		assertThat(result.pendingByHandler()).containsOnlyKeys("a hung");
		assertThat(result.pendingByHandler()).isUnmodifiable();
		assertThat(this.router.flush("b failing", Duration.ZERO).pendingByHandler()).isUnmodifiable();
	}

	@Test
	void whenCreatedFromCollectionsThenSnapshotsDoNotFollowTheirChanges() {
		Map<String, HandlerSnapshot> handlers = new LinkedHashMap<>(this.router.snapshot().handlers());
		Map<String, EventSnapshot> events = new LinkedHashMap<>(this.router.snapshot().events());
		RouterSnapshot router = new RouterSnapshot(handlers, events, ACCOUNT, 0, this.router.snapshot().defaults());
		List<String> ids = new ArrayList<>(List.of("id"));
		EventSnapshot event = new EventSnapshot("x", 1, 0, 0, ids, LatencySnapshot.EMPTY, null);
		Map<DropReason, Long> dropped = new EnumMap<>(Map.of(DropReason.CLOSED, 1L));
		HandlerAccount account = new HandlerAccount(1, 0, 0, 0, dropped, 0, 0);
		List<StackTraceElement> stack = new ArrayList<>(List.of(new Throwable().getStackTrace()));
		StuckCall call = new StuckCall("thread", "x", Instant.EPOCH, stack, false);
		Map<String, Long> pending = new LinkedHashMap<>(Map.of("id", 1L));
		FlushResult flush = new FlushResult(false, pending);
		handlers.clear();
		events.clear();
		ids.clear();
		dropped.clear();
		stack.clear();
		pending.clear();
		assertThat(account.droppedTotal()).isOne();
		assertThat(call.stack()).isNotEmpty();
		assertThat(flush.pendingByHandler()).hasSize(1);
		assertThat(event.handlers()).hasSize(1);
		assertThat(router.handlers()).hasSize(2);
		assertThat(router.events()).hasSize(2);
	}

	@Test
	void whenRouterGoesOnThenSnapshotStaysWhatItWas() {
		RouterSnapshot snapshot = this.router.snapshot();
		EventSnapshot event = this.router.eventSnapshot("x");
		this.router.subscribe("x", (name, payload) -> {
		});
		this.router.emit("another", null);
		assertThat(snapshot.handlers()).hasSize(2);
		assertThat(snapshot.events()).hasSize(2);
		assertThat(event.handlers()).hasSize(2);
	}

	@Test
	void whenSpecIsBuiltThenItsPatternsCannotBeChanged() {
		String[] patterns = { "a", "b.*" };
		HandlerSpec<Object> spec = HandlerSpec.on(patterns).handler((event, payload) -> {
		}).build();
		patterns[0] = "changed";
		assertThat(spec.patterns()).extracting(EventPattern::toString).containsExactly("a", "b.*");
		assertThat(spec.patterns()).isUnmodifiable();
	}

}
