package io.telemetryrouter.benchmarks.isolation;

import java.time.Duration;
import java.util.function.Consumer;

import org.slf4j.MDC;

import io.telemetryrouter.benchmarks.isolation.Contender.Fault;

/**
 * Scenarios with hostile handlers and situations. The hostile handlers are subscribed
 * between two well-behaved neighbours. An emitter emits some events, and a last one to
 * check that delivery still works.
 */
public enum Hostility {

	CHECKED("throws a checked exception", (stage, event) -> {
		throw new Exception("hostile");
	}),

	UNCHECKED("throws a `RuntimeException`", Hostility::fail),

	ASSERTION("throws an `AssertionError`", (stage, event) -> {
		throw new AssertionError("hostile");
	}),

	STACK_OVERFLOW("overflows its stack by recursion", (stage, event) -> recurse(0)),

	LINKAGE("throws a `NoClassDefFoundError`", (stage, event) -> {
		throw new NoClassDefFoundError("hostile");
	}),

	UNPRINTABLE("throws an exception whose `getMessage`, `toString` and `getCause` throw", (stage, event) -> {
		throw new Unprintable();
	}),

	OUT_OF_MEMORY("throws an `OutOfMemoryError`", (stage, event) -> {
		throw new OutOfMemoryError("hostile");
	}),

	HUGE_ARRAY("allocates an array that is too large", (stage, event) -> {
		if (new long[Integer.MAX_VALUE].length < event.number) {
			throw new AssertionError("Allocated");
		}
	}),

	HANGS("never returns", (stage, event) -> stage.hang()),

	INTERRUPTS("interrupts its thread", (stage, event) -> {
		if (Thread.currentThread().isInterrupted()) {
			stage.remark("stays interrupted");
		}
		Thread.currentThread().interrupt();
	}),

	EMITS_ITSELF("emits its own event in a loop", (stage, event) -> stage.nested(Stage.NAME)),

	PING_PONG("emits another event, whose handler emits the first", (stage) -> {
		stage.hostile((event) -> {
			if (event.getClass() == Event.class) {
				stage.contender.publish("pong", new Pong());
			}
		});
		stage.hostile((event) -> {
			if (event instanceof Pong) {
				stage.nested("ping");
			}
		});
	}),

	/** The number of events doubles with each level. */
	AVALANCHE("emits an event that two handlers emit again, doubling each time", (stage) -> {
		stage.hostile((event) -> stage.nested(Stage.NAME));
		stage.hostile((event) -> stage.nested(Stage.NAME));
	}),

	UNSUBSCRIBES("unsubscribes itself and another handler", (stage) -> {
		Runnable[] subscriptions = new Runnable[2];
		subscriptions[0] = stage.hostile((event) -> {
			subscriptions[0].run();
			subscriptions[1].run();
		});
		subscriptions[1] = stage.hostile((event) -> {
		});
	}),

	SUBSCRIBES("subscribes another handler in each call", (stage, event) -> {
		if (event.number != Event.NESTED) {
			stage.hostile((other) -> {
			});
		}
	}),

	FLUSHES("calls `flush`", (stage, event) -> stage.contender.router().flush(Duration.ofDays(1))),

	AWAITS_NEXT("calls `next` and waits for the future",
			(stage, event) -> stage.contender.router().next("never", (other) -> true, Duration.ofMillis(1)).join()),

	AWAITS_OWN("calls `emitAsync(…).join()` for its own event",
			(stage, event) -> stage.contender.router().emitAsync(Stage.NAME, new Event(Event.NESTED)).join()),

	CLOSES("closes the router", (stage, event) -> stage.contender.shutDown()),

	CLASS_LOADER("changes the context class loader", (stage, event) -> {
		Thread thread = Thread.currentThread();
		if (thread.getContextClassLoader() instanceof Foreign) {
			stage.remark("stays changed");
		}
		thread.setContextClassLoader(new Foreign());
	}),

	MDC_ENTRIES("leaves entries in the MDC", (stage, event) -> {
		if (MDC.get("hostile") != null) {
			stage.remark("stays changed");
		}
		MDC.put("hostile", "entry");
	}),

	THREAD_LOCALS("leaves thread locals", (stage, event) -> {
		if (stage.equals(Stage.LOCAL.get())) {
			stage.remark("stays changed");
		}
		Stage.LOCAL.set(stage);
	}),

	CONDITION("has a condition that throws", (stage) -> stage.hostileCondition((event) -> {
		throw new IllegalStateException("condition");
	})),

	ERROR_HANDLER("throws, and the error handler throws, too", Hostility::fail),

	CONTEXT("is called while the context propagation throws", Hostility::ignore),

	PAYLOAD("receives payloads whose `hashCode`, `equals` and `toString` throw", Hostility::ignore),

	FAILS_ON_PAYLOAD("throws when it receives such a payload", Hostility::fail),

	LONG_NAMES("receives events with names of 1 MiB", Hostility::ignore),

	CONTROL_NAMES("receives events with control characters in their names", Hostility::ignore),

	MILLION_NAMES("receives events with a million distinct names, in a heap of 128 MiB", Hostility::ignore),

	NO_STACK("is called by an emitter that has almost no stack left", Hostility::ignore);

	/** The number of events after which the emitter waits for the handlers. */
	private static final int BURST = 500;

	final String title;

	private final Consumer<Stage> enter;

	Hostility(String title, Act act) {
		this(title, (stage) -> stage.hostile((event) -> act.handle(stage, event)));
	}

	Hostility(String title, Consumer<Stage> enter) {
		this.title = title;
		this.enter = enter;
	}

	Verdict play(Peer peer, boolean async, Duration limit) {
		try {
			Contender contender = peer.open(async, fault());
			Duration timeout = limit.multipliedBy(1 + events() / 50_000);
			Verdict verdict = new Stage(contender, this, timeout).play();
			return Stage.ends(contender::close, timeout) || verdict.outcome() != Verdict.Outcome.SURVIVED ? verdict
					: Verdict.failed("close hangs");
		}
		catch (Contender.NotApplicable ex) {
			return Verdict.NOT_APPLICABLE;
		}
	}

	void enter(Stage stage) {
		this.enter.accept(stage);
	}

	void emit(Stage stage) {
		if (this == NO_STACK) {
			dive(stage, new int[1]);
		}
		else {
			for (int i = 0; i < events(); i++) {
				stage.emit(name(stage, i), event(i));
				if (i % BURST == BURST - 1) {
					stage.awaitNeighbours();
				}
			}
		}
		// A closed contender need not deliver.
		if (this != CLOSES) {
			stage.emitLast();
		}
	}

	int events() {
		return switch (this) {
			case EMITS_ITSELF, PING_PONG, AVALANCHE, CLOSES -> 1;
			case NO_STACK -> 400;
			case MILLION_NAMES -> 1_000_000;
			default -> 20;
		};
	}

	private Event event(int number) {
		return (this == PAYLOAD || this == FAILS_ON_PAYLOAD) ? new Event.Untouchable(number) : new Event(number);
	}

	private String name(Stage stage, int number) {
		String name = switch (this) {
			case LONG_NAMES -> number + "n".repeat(1 << 20);
			case CONTROL_NAMES -> number + "\r\n\u001b[2J\u0000\u202e" + number;
			case MILLION_NAMES -> "name." + number;
			default -> Stage.NAME;
		};
		if (!name.equals(Stage.NAME) && !stage.contender.isNamed()) {
			throw new Contender.NotApplicable();
		}
		return name;
	}

	private Fault fault() {
		return switch (this) {
			case ERROR_HANDLER -> Fault.ERROR_HANDLER;
			case CONTEXT -> Fault.CONTEXT;
			default -> Fault.NONE;
		};
	}

	/** Returns whether neighbours may miss events that the contender has counted. */
	boolean mayLoseCounted() {
		return this == NO_STACK;
	}

	/**
	 * Returns whether the verdict depends on the calls of the handler, so that they are
	 * awaited.
	 */
	boolean awaitsCalls() {
		return this == INTERRUPTS || this == CLASS_LOADER || this == MDC_ENTRIES || this == THREAD_LOCALS
				|| this == CLOSES;
	}

	/** Returns whether handlers emit the event that they are called with. */
	boolean loops() {
		return this == EMITS_ITSELF || this == PING_PONG || this == AVALANCHE;
	}

	private static void fail(Stage stage, Event event) {
		throw new IllegalStateException("hostile");
	}

	private static void ignore(Stage stage, Event event) {
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int recurse(int level) {
		return recurse(level + 1) + 1;
	}

	/** Recurses until the stack is exhausted, and emits as the calls return. */
	@SuppressWarnings("InfiniteRecursion")
	private static void dive(Stage stage, int[] next) {
		try {
			dive(stage, next);
		}
		catch (StackOverflowError ex) {
			// The stack is exhausted
		}
		try {
			if (next[0] < NO_STACK.events()) {
				stage.emitIfPossible(next[0]++);
			}
		}
		catch (StackOverflowError ex) {
			// Too little stack for the call
		}
	}

	@FunctionalInterface
	private interface Act {

		void handle(Stage stage, Event event) throws Throwable;

	}

	private static final class Pong extends Event {

		Pong() {
			super(NESTED);
		}

	}

	private static final class Foreign extends ClassLoader {

	}

	private static final class Unprintable extends RuntimeException {

		private static final long serialVersionUID = 1;

		@Override
		public String getMessage() {
			throw new IllegalStateException("message");
		}

		@Override
		public synchronized Throwable getCause() {
			throw new IllegalStateException("cause");
		}

		@Override
		public String toString() {
			throw new IllegalStateException("text");
		}

	}

}
