package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler of a {@link ConservationRun} that counts its calls, and misbehaves as its
 * payload says.
 */
final class ConservationProbe {

	private final ConservationRun run;

	final LongAdder calls = new LongAdder();

	final LongAdder returned = new LongAdder();

	final LongAdder threw = new LongAdder();

	private final LongAdder undecided = new LongAdder();

	final LongAdder rejected = new LongAdder();

	private final List<EventPattern> patterns;

	final long times;

	final Subscription subscription;

	/** The payload that it must not see. */
	volatile int marker;

	ConservationProbe(ConservationRun run, HandlerSpec.Builder<Object> builder, boolean choosy) {
		this.run = run;
		if (choosy) {
			builder.condition(this::test);
		}
		HandlerSpec<Object> spec = builder.handler((event, payload) -> handle(event, (Integer) payload)).build();
		this.patterns = spec.patterns();
		this.times = (spec.times() > 0) ? spec.times() : Long.MAX_VALUE;
		run.probes.add(this);
		this.subscription = run.router.subscribe(spec);
	}

	private boolean test(TelemetryEvent<Object> event) {
		int value = (Integer) event.payload();
		if (value % 41 == 0) {
			this.undecided.increment();
			throw new IllegalStateException("condition");
		}
		if (value % 3 == 0) {
			this.rejected.increment();
			return false;
		}
		return true;
	}

	private void handle(String event, int value) throws Exception {
		this.calls.increment();
		if (value < 0 && value == this.marker) {
			this.run.delivered = true;
		}
		try {
			behave(event, value);
		}
		catch (Throwable ex) {
			this.threw.increment();
			throw ex;
		}
		this.returned.increment();
	}

	private void behave(String event, int value) throws Exception {
		switch (Math.abs(value) % 60) {
			case 0 -> throw new Exception("checked");
			case 1 -> throw new IllegalStateException("unchecked");
			case 2 -> throw new StackOverflowError("not really");
			case 3 -> throw new NoClassDefFoundError("not really");
			case 4 -> this.run.released.await();
			case 5 -> Thread.currentThread().interrupt();
			case 6, 7 -> this.run.emit("a", value + 7);
			case 8, 9 -> this.run.emit("b", value + 7);
			case 10 -> this.run.outcomes.add(this.run.emitAsync("c.d", value + 1));
			case 11 -> this.run.emit(event, value);
			case 12 -> this.run.router.flush(Duration.ofSeconds(1));
			case 13 -> this.run.router.snapshot();
			case 14 -> this.run.leave();
			case 15 -> slow();
			case 16 -> this.run.close();
			default -> {
			}
		}
	}

	private void slow() {
		for (int i = 0; i < 2000; i++) {
			Thread.onSpinWait();
		}
	}

	void verify(RouterSnapshot snapshot, Map<String, LongAdder> emitted, boolean closed) {
		HandlerSnapshot handler = snapshot.handlers().get(this.subscription.handlerId());
		assertThat(handler).isNotNull();
		HandlerAccount account = handler.account();
		long offered = 0;
		for (Map.Entry<String, LongAdder> entry : emitted.entrySet()) {
			if (this.patterns.stream().anyMatch((pattern) -> pattern.matches(entry.getKey()))) {
				offered += entry.getValue().sum();
			}
		}
		assertThat(account.offered()).as("offered of %s", handler).isEqualTo(offered);
		verifyCalls(account, closed, this.returned::sum, this.threw::sum);
		assertThat(account.filtered()).as("filtered of %s", handler).isEqualTo(this.rejected.sum());
		assertThat(account.dropped()).as("dropped of %s", handler)
			.containsEntry(DropReason.CONDITION_FAILED, this.undecided.sum());
	}

	/**
	 * Asserts that each call is counted once. A call that outlives the close counts as
	 * failed, regardless of its result.
	 */
	static void verifyCalls(HandlerAccount account, boolean closed, LongSupplier returned, LongSupplier threw) {
		if (closed) {
			Books.eventually(() -> account.handled() + account.failed() == returned.getAsLong() + threw.getAsLong());
			assertThat(account.failed()).isGreaterThanOrEqualTo(threw.getAsLong());
		}
		else {
			assertThat(account.handled()).isEqualTo(returned.getAsLong());
			assertThat(account.failed()).isEqualTo(threw.getAsLong());
		}
	}

}
