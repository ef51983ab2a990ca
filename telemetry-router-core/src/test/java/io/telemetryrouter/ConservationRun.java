package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One run of a router with producers, handlers of every kind that misbehave in every way,
 * and threads that change subscriptions and lifecycle; it computes the expected counts
 * itself. The seed determines the actions of each thread, but not their interleaving.
 * <p>
 * Payloads are numbers that select the behaviour of a handler: see
 * {@link ConservationProbe}. Negative numbers mark events that must not reach a removed
 * handler.
 */
final class ConservationRun {

	private static final String[] NAMES = { "a", "b", "c.d", "c.e", "other" };

	private static final String[][] PATTERNS = { { "a" }, { "b" }, { "c.d" }, { "c.*" }, { "**" }, { "a", "c.**" } };

	private static final int PRODUCERS = 3;

	private static final int EVENTS = 120;

	private final long seed;

	private final Random random;

	final TelemetryRouter router;

	private final @Nullable ExecutorService executor;

	private final Map<String, LongAdder> emitted = new TreeMap<>();

	/** Registered before the first emit and never removed. */
	private final List<ConservationProbe> lasting = new ArrayList<>();

	/** All whose calls are counted. */
	final Queue<ConservationProbe> probes = new ConcurrentLinkedQueue<>();

	private final Queue<Subscription> leaving = new ConcurrentLinkedQueue<>();

	final Queue<CompletableFuture<EmitOutcome>> outcomes = new ConcurrentLinkedQueue<>();

	private final Queue<CompletableFuture<TelemetryEvent<?>>> awaited = new ConcurrentLinkedQueue<>();

	/** Opens when handlers that hang shall go on. */
	final CountDownLatch released = new CountDownLatch(1);

	private final CountDownLatch produced = new CountDownLatch(PRODUCERS);

	/** Counts down to the close. */
	private final AtomicInteger untilClose;

	/** Whether a handler was called after it had left. */
	volatile boolean delivered;

	ConservationRun(long seed) {
		this.seed = seed;
		this.random = new Random(seed);
		for (String name : NAMES) {
			this.emitted.put(name, new LongAdder());
		}
		this.executor = (chance(3)) ? Executors.newFixedThreadPool(2 + this.random.nextInt(6)) : null;
		this.untilClose = new AtomicInteger(
				chance(2) ? this.random.nextInt(PRODUCERS * EVENTS) + 1 : Integer.MAX_VALUE);
		TelemetryRouterBuilder builder = TelemetryRouter.builder()
			.logger(new Silence())
			.stuckThreshold(Duration.ofMillis(new int[] { 0, 10, 10_000 }[this.random.nextInt(3)]))
			.measureLatency(!chance(3))
			.maxHandlerQueue(1 + this.random.nextInt(8))
			.blockTimeout(Duration.ofNanos(1 + this.random.nextInt(300_000)))
			.maxDepth(2 + this.random.nextInt(6))
			.maxNestedEmits(1 + this.random.nextInt(30))
			.shutdownTimeout(Duration.ofMillis(new int[] { 0, 1, 20_000 }[this.random.nextInt(3)]));
		// Held events beyond the limit of names reach no handler that names them.
		if (chance(3)) {
			builder.holdEvents(1 + this.random.nextInt(60));
		}
		else if (chance(3)) {
			builder.maxEventNames(1);
		}
		if (chance(2)) {
			builder.criticalEvents(Set.of("b", "c.d")::contains);
		}
		if (this.executor != null) {
			builder.laneExecutor(this.executor);
		}
		this.router = builder.build();
	}

	private boolean chance(int oneIn) {
		return this.random.nextInt(oneIn) == 0;
	}

	/**
	 * Plays the run until everything is at rest.
	 * @throws Exception if a thread failed
	 */
	void play() throws Exception {
		try {
			subscribeProbes();
			Parallel.run(PRODUCERS + 2, (number) -> {
				SplittableRandom own = new SplittableRandom(this.seed * 31 + number);
				switch (number) {
					case 0 -> release(own);
					case 1 -> disturb(own);
					default -> produce(own);
				}
			});
			this.router.start();
			this.lasting.forEach((probe) -> this.router.resume(probe.subscription.handlerId()));
			Books.quiet(this.router);
			this.awaited.forEach((next) -> next.cancel(false));
			Books.quiet(this.router);
			// The futures complete on a thread of the router, after their outcome is
			// counted.
			Books.eventually(() -> this.outcomes.stream().allMatch(CompletableFuture::isDone));
		}
		finally {
			this.released.countDown();
			if (this.executor != null) {
				this.executor.shutdown();
			}
		}
	}

	private void subscribeProbes() {
		MemoryRecorder recorder = new MemoryRecorder();
		recorder.records = (event) -> (Integer) event.payload() % 10 != 0;
		this.router.subscribe(chance(2) ? recorder.sync() : recorder.async(1 + this.random.nextInt(500)));
		for (OverflowPolicy policy : OverflowPolicy.values()) {
			for (int concurrency = 1; concurrency <= ((policy == OverflowPolicy.SPILL) ? 1 : 2); concurrency++) {
				last(spec().async().overflow(policy).concurrency(concurrency));
			}
		}
		for (int i = 0; i < 4; i++) {
			last(spec());
		}
		last(HandlerSpec.on("**"));
		for (int i = 0; i < 6; i++) {
			HandlerSpec.Builder<Object> spec = chance(2) ? spec() : spec().async();
			ConservationProbe probe = new ConservationProbe(this,
					chance(2) ? spec.times(1 + this.random.nextInt(5)) : spec, chance(2));
			this.leaving.add(probe.subscription);
		}
		HandlerSpec<String> mismatch = spec().payloadType(String.class).handler((event, payload) -> {
			throw new AssertionError("Of another type");
		}).build();
		this.router.subscribe(mismatch);
	}

	private HandlerSpec.Builder<Object> spec() {
		return HandlerSpec.on(PATTERNS[this.random.nextInt(PATTERNS.length)]);
	}

	private void last(HandlerSpec.Builder<Object> spec) {
		this.lasting.add(new ConservationProbe(this, spec, chance(2)));
	}

	private void produce(SplittableRandom own) {
		try {
			for (int i = 0; i < EVENTS; i++) {
				int value = own.nextInt(1000);
				String name = NAMES[own.nextInt(NAMES.length)];
				if (own.nextInt(20) == 0) {
					this.outcomes.add(emitAsync(name, value));
				}
				else {
					emit(name, value);
				}
				// Left there by a handler, and would end each wait for room.
				Thread.interrupted();
				if (this.untilClose.decrementAndGet() == 0) {
					this.router.close();
				}
			}
		}
		finally {
			this.produced.countDown();
		}
	}

	void emit(String name, int value) {
		counter(name).increment();
		this.router.emit(name, value);
	}

	CompletableFuture<EmitOutcome> emitAsync(String name, int value) {
		counter(name).increment();
		return this.router.emitAsync(name, value);
	}

	private LongAdder counter(String name) {
		return Objects.requireNonNull(this.emitted.get(name));
	}

	private void release(SplittableRandom own) throws Exception {
		this.produced.await(own.nextInt(5000), TimeUnit.MICROSECONDS);
		this.released.countDown();
	}

	private void disturb(SplittableRandom own) {
		try {
			for (int marker = -1; this.produced.getCount() != 0; marker--) {
				disturb(own.nextInt(9), marker, this.lasting.get(own.nextInt(this.lasting.size())));
			}
		}
		catch (IllegalStateException ex) {
			// Closed: nobody can subscribe any more.
			assertThat(ex).hasMessageContaining("closed");
		}
	}

	private void disturb(int action, int marker, ConservationProbe probe) {
		switch (action) {
			case 0 -> this.router.flush(Duration.ofNanos(1000));
			case 1 -> this.router.snapshot();
			case 2 -> comeAndGo(HandlerSpec.on("a", "b"), marker);
			case 3 -> comeAndGo(HandlerSpec.on("**").async(), marker);
			case 4 -> leave();
			case 5 -> this.router.start();
			case 6 -> this.router.pause(probe.subscription.handlerId());
			case 7 -> this.router.resume(probe.subscription.handlerId());
			default -> awaitNext(marker);
		}
	}

	private void comeAndGo(HandlerSpec.Builder<Object> spec, int marker) {
		ConservationProbe probe = new ConservationProbe(this, spec, false);
		probe.marker = marker;
		probe.subscription.close();
		emit("a", marker);
	}

	void leave() {
		Subscription subscription = this.leaving.poll();
		if (subscription != null) {
			subscription.close();
		}
	}

	private void awaitNext(int marker) {
		this.awaited.add(this.router.next("b", (event) -> (Integer) event.payload() % 5 == -marker % 5, Books.LIMIT));
	}

	/** By a handler; only in runs that are to be closed anyway. */
	void close() {
		if (this.untilClose.get() < PRODUCERS * EVENTS / 2) {
			this.router.close();
		}
	}

	/**
	 * Asserts that the numbers of the router are those counted here.
	 */
	void verify() {
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.held()).isZero();
		assertThat(snapshot.handlers().values())
			.allSatisfy((handler) -> assertThat(handler.account()).matches(HandlerAccount::isBalanced, "balanced"));
		assertThat(snapshot.retired()).matches(HandlerAccount::isBalanced, "balanced");
		this.lasting.forEach((probe) -> probe.verify(snapshot, this.emitted, closed()));
		assertThat(this.probes).allSatisfy((probe) -> assertThat(probe.calls.sum()).isLessThanOrEqualTo(probe.times));
		verifyEvents(snapshot);
		HandlerAccount total = snapshot.retired();
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			total = handler.id().equals("recorder") ? total : total.plus(handler.account());
		}
		verifyTotal(total);
		assertThat(this.outcomes).allSatisfy((outcome) -> assertThat(outcome).isNotCompletedExceptionally());
		assertThat(this.delivered).as("Delivered after its handler had left").isFalse();
		this.router.close();
	}

	private void verifyEvents(RouterSnapshot snapshot) {
		long all = this.emitted.values().stream().mapToLong(LongAdder::sum).sum();
		assertThat(snapshot.events().values().stream().mapToLong(EventSnapshot::emitted).sum()).isEqualTo(all);
		if (!snapshot.events().containsKey(RouterSnapshot.OTHER_EVENTS)) {
			this.emitted.forEach((name, count) -> {
				EventSnapshot event = snapshot.events().get(name);
				assertThat((event != null) ? event.emitted() : 0).as(name).isEqualTo(count.sum());
			});
		}
	}

	private void verifyTotal(HandlerAccount total) {
		// The futures of next() are no handlers.
		ConservationProbe.verifyCalls(total, closed(), () -> sum((probe) -> probe.returned),
				() -> sum((probe) -> probe.threw));
		assertThat(total.filtered()).isEqualTo(sum((probe) -> probe.rejected));
	}

	private long sum(Function<ConservationProbe, LongAdder> counter) {
		return this.probes.stream().map(counter).mapToLong(LongAdder::sum).sum();
	}

	private boolean closed() {
		return this.untilClose.get() < Integer.MAX_VALUE / 2;
	}

	@Override
	public String toString() {
		return "emitted " + this.emitted + ", in all " + Books.total(this.router.snapshot());
	}

}
