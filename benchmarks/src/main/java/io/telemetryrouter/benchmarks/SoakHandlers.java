package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;

import com.google.common.util.concurrent.Uninterruptibles;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Handlers of the soak, five well-behaved and three hostile ones, with counts of events
 * and calls that are compared with the router's.
 */
final class SoakHandlers {

	static final String[] NAMES = { "turn", "tool.call", "tool.result", "token", "error" };

	/** All handlers that are subscribed and closed again, counted together. */
	final Counted passing = new Counted("passing", "**", (event, payload) -> {
	});

	private final TelemetryRouter router;

	private final Map<String, LongAdder> emitted = new TreeMap<>();

	private final List<Counted> handlers = new ArrayList<>();

	private final AtomicInteger inSerial = new AtomicInteger();

	private final LongAdder overlaps = new LongAdder();

	SoakHandlers(TelemetryRouter router) {
		this.router = router;
		for (String name : NAMES) {
			this.emitted.put(name, new LongAdder());
		}
		PayloadHandler<Object> nothing = (event, payload) -> {
		};
		subscribe("counter", "**", nothing, UnaryOperator.identity());
		subscribe("gauge", "tool.*", nothing, UnaryOperator.identity());
		subscribe("audit", "**", this::serial, lane(1000, OverflowPolicy.DROP_NEWEST, 1));
		subscribe("forward", "tool.**", (event, payload) -> work(20), lane(64, OverflowPolicy.DROP_OLDEST, 2));
		subscribe("ledger", "turn", (event, payload) -> work(5), lane(256, OverflowPolicy.BLOCK, 1));
		subscribe("hostile.fails", "**", SoakHandlers::fail, UnaryOperator.identity());
		subscribe("hostile.hangs", "token", SoakHandlers::hang, lane(4, OverflowPolicy.BLOCK, 1));
		subscribe("hostile.recurses", "error", this::recurse, lane(16, OverflowPolicy.DROP_NEWEST, 1));
	}

	private void subscribe(String id, String pattern, PayloadHandler<Object> behaviour,
			UnaryOperator<HandlerSpec.Builder<Object>> options) {
		Counted handler = new Counted(id, pattern, behaviour);
		this.handlers.add(handler);
		this.router.subscribe(options.apply(HandlerSpec.on(pattern).id(id)).handler(handler).build());
	}

	private static UnaryOperator<HandlerSpec.Builder<Object>> lane(int maxQueue, OverflowPolicy overflow,
			int concurrency) {
		return (spec) -> spec.async().maxQueue(maxQueue).overflow(overflow).concurrency(concurrency);
	}

	private void serial(String event, Object payload) {
		if (this.inSerial.incrementAndGet() != 1) {
			this.overlaps.increment();
		}
		this.inSerial.decrementAndGet();
	}

	private static void work(int spins) {
		for (int i = 0; i < spins; i++) {
			Thread.onSpinWait();
		}
	}

	private static void fail(String event, Object payload) throws Exception {
		switch ((int) payload % 8) {
			case 0 -> throw new Exception("checked");
			case 1 -> throw new IllegalStateException("unchecked");
			case 2 -> throw new StackOverflowError("not really");
			case 3 -> throw new NoClassDefFoundError("not really");
			default -> {
			}
		}
	}

	private static void hang(String event, Object payload) {
		if ((int) payload % 50 == 0) {
			Uninterruptibles.sleepUninterruptibly((int) payload / 5, TimeUnit.MILLISECONDS);
		}
	}

	private void recurse(String event, Object payload) {
		int value = (int) payload;
		if (value % 3 == 0) {
			Thread.currentThread().interrupt();
		}
		emit("error", value);
		emit("token", value);
		if (value % 7 == 0) {
			overflow(0);
		}
		throw new AssertionError("always");
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int overflow(int depth) {
		return 1 + overflow(depth + 1);
	}

	void emit(String name, int value) {
		Objects.requireNonNull(this.emitted.get(name)).increment();
		this.router.emit(name, value);
	}

	long emitted() {
		return this.emitted.values().stream().mapToLong(LongAdder::sum).sum();
	}

	/** Compares the counts of the idle router with those of this class. */
	void check(RouterSnapshot snapshot, List<String> faults) {
		snapshot.handlers().forEach((id, handler) -> expectBalance(faults, id, handler.account()));
		expectBalance(faults, "retired", snapshot.retired());
		long returned = this.passing.returned.sum();
		long threw = this.passing.threw.sum();
		for (Counted handler : this.handlers) {
			HandlerAccount account = Objects.requireNonNull(snapshot.handlers().get(handler.id)).account();
			expect(faults, handler.id + " offered", account.offered(), matching(handler.pattern));
			expect(faults, handler.id + " handled", account.handled(), handler.returned.sum());
			expect(faults, handler.id + " failed", account.failed(), handler.threw.sum());
			returned += handler.returned.sum();
			threw += handler.threw.sum();
		}
		HandlerAccount total = Soak.total(snapshot);
		expect(faults, "all handled", total.handled(), returned);
		expect(faults, "all failed", total.failed(), threw);
		this.emitted.forEach((name, count) -> expect(faults, name + " emitted",
				snapshot.events().containsKey(name) ? snapshot.events().get(name).emitted() : 0, count.sum()));
		expect(faults, "overlapping calls of a serial handler", this.overlaps.sum(), 0);
	}

	private long matching(EventPattern pattern) {
		return this.emitted.entrySet()
			.stream()
			.filter((name) -> pattern.matches(name.getKey()))
			.mapToLong((name) -> name.getValue().sum())
			.sum();
	}

	private static void expectBalance(List<String> faults, String id, HandlerAccount account) {
		if (!account.isBalanced()) {
			faults.add(id + " does not balance: " + account);
		}
	}

	private static void expect(List<String> faults, String what, long actual, long expected) {
		if (actual != expected) {
			faults.add(what + ": " + actual + " instead of " + expected);
		}
	}

	/** Handler that counts its calls, and reports its time to the calling emitter. */
	static final class Counted implements PayloadHandler<Object> {

		private final String id;

		private final EventPattern pattern;

		private final PayloadHandler<Object> behaviour;

		private final LongAdder returned = new LongAdder();

		private final LongAdder threw = new LongAdder();

		Counted(String id, String pattern, PayloadHandler<Object> behaviour) {
			this.id = id;
			this.pattern = EventPattern.parse(pattern);
			this.behaviour = behaviour;
		}

		@Override
		public void handle(String event, Object payload) throws Exception {
			long start = System.nanoTime();
			try {
				this.behaviour.handle(event, payload);
			}
			catch (Throwable ex) {
				this.threw.increment();
				throw ex;
			}
			finally {
				if (Thread.currentThread() instanceof SoakLoad.Emitter emitter) {
					emitter.inHandlers += System.nanoTime() - start;
				}
			}
			this.returned.increment();
		}

	}

}
