package io.telemetryrouter.benchmarks.isolation;

import java.time.Duration;

import org.slf4j.MDC;

import io.telemetryrouter.benchmarks.isolation.Peer.Fault;

/**
 * Hostile handlers and situations, a scenario each. Between two well-behaved neighbours
 * an emitter emits some events, and one more to see whether all still works.
 *
 * @since 0.1.0
 */
public enum Hostility {

	/** Throws a checked exception. */
	CHECKED("throws a checked exception", (stage, event) -> {
		throw new Exception("hostile");
	}),

	/** Throws an unchecked exception. */
	UNCHECKED("throws a `RuntimeException`", (stage, event) -> {
		throw new IllegalStateException("hostile");
	}),

	/** Throws an assertion error. */
	ASSERTION("throws an `AssertionError`", (stage, event) -> {
		throw new AssertionError("hostile");
	}),

	/** Overflows its stack. */
	STACK_OVERFLOW("overflows its stack, by real recursion", (stage, event) -> recurse(0)),

	/** Misses a class. */
	LINKAGE("throws a `NoClassDefFoundError`", (stage, event) -> {
		throw new NoClassDefFoundError("hostile");
	}),

	/** Throws what cannot be printed. */
	UNPRINTABLE("throws an exception whose `getMessage`, `toString` and `getCause` throw", (stage, event) -> {
		throw new Unprintable();
	}),

	/** Throws an out-of-memory error. */
	OUT_OF_MEMORY("throws an `OutOfMemoryError`", (stage, event) -> {
		throw new OutOfMemoryError("hostile");
	}),

	/** Asks for more memory than there can be. */
	HUGE_ARRAY("runs out of memory, by a real array too large", (stage, event) -> {
		if (new long[Integer.MAX_VALUE].length < event.number) {
			throw new AssertionError("Allocated");
		}
	}),

	/** Does not return. */
	HANGS("hangs for ever", (stage, event) -> stage.hang()),

	/** Interrupts its thread. */
	INTERRUPTS("interrupts its thread", (stage, event) -> {
		if (Thread.currentThread().isInterrupted()) {
			stage.remark("stays interrupted");
		}
		Thread.currentThread().interrupt();
	}),

	/** Emits its own event. */
	EMITS_ITSELF("emits its own event in a loop", (stage, event) -> stage.nested(Stage.NAME)) {

		@Override
		int events() {
			return 1;
		}

	},

	/** Two handlers keep each other busy. */
	PING_PONG("two emit each other's events", (stage, event) -> {
	}) {

		@Override
		int events() {
			return 1;
		}

		@Override
		void enter(Stage stage) {
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
		}

	},

	/** Two handlers that both emit their own event: twice as many with each level. */
	AVALANCHE("two emit the event of both, so that it doubles each time", (stage, event) -> {
	}) {

		@Override
		int events() {
			return 1;
		}

		@Override
		void enter(Stage stage) {
			stage.hostile((event) -> stage.nested(Stage.NAME));
			stage.hostile((event) -> stage.nested(Stage.NAME));
		}

	},

	/** Ends its own subscription and another one. */
	UNSUBSCRIBES("unsubscribes itself and another", (stage, event) -> {
	}) {

		@Override
		void enter(Stage stage) {
			if (!stage.contender.isLeavable()) {
				throw new Contender.NotApplicable();
			}
			Runnable[] subscriptions = new Runnable[2];
			subscriptions[0] = stage.hostile((event) -> {
				subscriptions[0].run();
				subscriptions[1].run();
			});
			subscriptions[1] = stage.hostile((event) -> {
			});
		}

	},

	/** Subscribes another handler each time. */
	SUBSCRIBES("subscribes one more handler each time", (stage, event) -> {
		if (event.isOriginal()) {
			stage.hostile((other) -> {
			});
		}
	}),

	/** Flushes. */
	FLUSHES("calls `flush` from inside", (stage, event) -> stage.contender.flush()),

	/** Awaits another event. */
	AWAITS_NEXT("calls `next` from inside and waits", (stage, event) -> stage.contender.awaitNext()),

	/** Waits for what it emits. */
	AWAITS_OWN("calls `emitAsync(…).join()` from inside, for its own event",
			(stage, event) -> stage.contender.publishAndWait(Stage.NAME, new Event(Event.NESTED))),

	/** Closes everything. */
	CLOSES("calls `close` (or its like) from inside", (stage, event) -> stage.contender.shutDown()) {

		@Override
		int events() {
			return 1;
		}

		@Override
		void emit(Stage stage) {
			// Nothing needs to be delivered afterwards
			stage.emit(Stage.NAME, new Event(0));
		}

	},

	/** Changes the context class loader. */
	CLASS_LOADER("changes the context class loader", (stage, event) -> {
		Thread thread = Thread.currentThread();
		if (thread.getContextClassLoader() instanceof Foreign) {
			stage.remark("stays changed");
		}
		thread.setContextClassLoader(new Foreign());
	}),

	/** Changes the logging context. */
	MDC_ENTRIES("leaves entries in the MDC", (stage, event) -> {
		if (MDC.get("hostile") != null) {
			stage.remark("stays changed");
		}
		MDC.put("hostile", "entry");
	}),

	/** Changes a thread local. */
	THREAD_LOCALS("leaves thread locals", (stage, event) -> {
		if (stage.equals(Stage.LOCAL.get())) {
			stage.remark("stays changed");
		}
		Stage.LOCAL.set(stage);
	}),

	/** Has a condition that throws. */
	CONDITION("has a condition that throws", (stage, event) -> {
	}) {

		@Override
		void enter(Stage stage) {
			stage.hostileCondition((event) -> {
				throw new IllegalStateException("condition");
			});
		}

	},

	/** Fails where the error handler fails too. */
	ERROR_HANDLER("throws, and the error handler throws too", (stage, event) -> {
		throw new IllegalStateException("hostile");
	}) {

		@Override
		Fault fault() {
			return Fault.ERROR_HANDLER;
		}

	},

	/** Works where the context cannot be carried. */
	CONTEXT("works where what carries the context throws", (stage, event) -> {
	}) {

		@Override
		Fault fault() {
			return Fault.CONTEXT;
		}

	},

	/** Gets payloads that throw. */
	PAYLOAD("is given payloads whose `hashCode`, `equals` and `toString` throw", (stage, event) -> {
	}) {

		@Override
		Event event(int number) {
			return new Event.Untouchable(number);
		}

	},

	/** Fails on payloads that throw. */
	FAILS_ON_PAYLOAD("throws, given such a payload", (stage, event) -> {
		throw new IllegalStateException("hostile");
	}) {

		@Override
		Event event(int number) {
			return new Event.Untouchable(number);
		}

	},

	/** Gets names that are very long. */
	LONG_NAMES("is given names of a mebibyte", (stage, event) -> {
	}) {

		@Override
		String name(Stage stage, int number) {
			return named(stage, number + "n".repeat(1 << 20));
		}

	},

	/** Gets names that are no text. */
	CONTROL_NAMES("is given names of control characters", (stage, event) -> {
	}) {

		@Override
		String name(Stage stage, int number) {
			return named(stage, "\r\n\u001b[2J\u0000\u202e" + number);
		}

	},

	/** Gets ever new names. */
	MILLION_NAMES("is given a million distinct names, in a heap of 128 MiB", (stage, event) -> {
	}) {

		@Override
		int events() {
			return 1_000_000;
		}

		@Override
		String name(Stage stage, int number) {
			return named(stage, "name." + number);
		}

	},

	/** Is called by an emitter whose stack is all but used up. */
	NO_STACK("is called by an emitter almost out of stack", (stage, event) -> {
	}) {

		@Override
		int events() {
			return 400;
		}

		@Override
		void emit(Stage stage) {
			new Diver(stage, events()).dive();
			stage.emitLast();
		}

		@Override
		boolean mayLoseCounted() {
			return true;
		}

	};

	/** How many events are emitted at once before the emitter waits for the handlers. */
	private static final int BURST = 500;

	final String title;

	private final Act act;

	Hostility(String title, Act act) {
		this.title = title;
		this.act = act;
	}

	/**
	 * Plays the scenario.
	 * @param peer whom against
	 * @param async whether handlers are asynchronous
	 * @param limit how long to wait for what must come
	 * @return how the contender came through
	 */
	Verdict play(Peer peer, boolean async, Duration limit) {
		try {
			Contender contender = peer.open(async, fault());
			Duration patience = limit.multipliedBy(1 + events() / 50_000);
			Verdict verdict = new Stage(contender, this, patience).play();
			return close(contender, patience) || verdict.outcome() != Verdict.Outcome.SURVIVED ? verdict
					: Verdict.failed("close hangs");
		}
		catch (Contender.NotApplicable ex) {
			return Verdict.NOT_APPLICABLE;
		}
	}

	private static boolean close(Contender contender, Duration limit) {
		Thread closer = new Thread(contender::close, "closer");
		closer.setDaemon(true);
		closer.start();
		try {
			closer.join(limit.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return !closer.isAlive();
	}

	/**
	 * Subscribes the hostile handlers.
	 * @param stage where
	 */
	void enter(Stage stage) {
		stage.hostile((event) -> this.act.handle(stage, event));
	}

	/**
	 * Emits the events, as the emitter.
	 * @param stage where
	 */
	void emit(Stage stage) {
		for (int i = 0; i < events(); i++) {
			stage.emit(name(stage, i), event(i));
			if (i % BURST == BURST - 1) {
				stage.awaitNeighbours();
			}
		}
		stage.emitLast();
	}

	int events() {
		return 20;
	}

	Event event(int number) {
		return new Event(number);
	}

	String name(Stage stage, int number) {
		return Stage.NAME;
	}

	private static String named(Stage stage, String name) {
		if (!stage.contender.isNamed()) {
			throw new Contender.NotApplicable();
		}
		return name;
	}

	Fault fault() {
		return Fault.NONE;
	}

	/**
	 * Whether neighbours may miss events that are counted.
	 * @return {@code true} where the neighbours themselves cannot work
	 */
	boolean mayLoseCounted() {
		return false;
	}

	/**
	 * Whether the handler notes at its next event what is left of the one before.
	 * @return {@code true} for handlers that change their thread
	 */
	boolean leavesTraces() {
		return this == INTERRUPTS || this == CLASS_LOADER || this == MDC_ENTRIES || this == THREAD_LOCALS;
	}

	/**
	 * Whether handlers emit what they are called with.
	 * @return {@code true} for handlers that may never stop
	 */
	boolean loops() {
		return this == EMITS_ITSELF || this == PING_PONG || this == AVALANCHE;
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int recurse(int level) {
		return recurse(level + 1) + 1;
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

	private static final class Foreign extends ClassLoader {

	}

	/** Goes down as deep as it can and emits on the way up. */
	private static final class Diver {

		private final Stage stage;

		private final int events;

		private int next;

		Diver(Stage stage, int events) {
			this.stage = stage;
			this.events = events;
		}

		@SuppressWarnings("InfiniteRecursion")
		void dive() {
			try {
				dive();
			}
			catch (StackOverflowError ex) {
				// At the bottom
			}
			try {
				if (this.next < this.events) {
					this.stage.emitIfPossible(this.next++);
				}
			}
			catch (StackOverflowError ex) {
				// Not even called
			}
		}

	}

}
