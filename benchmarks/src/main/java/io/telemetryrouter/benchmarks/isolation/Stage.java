package io.telemetryrouter.benchmarks.isolation;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;

import com.google.common.util.concurrent.Uninterruptibles;
import org.jspecify.annotations.Nullable;

/**
 * Run of one scenario: a contender, one neighbour subscribed before the hostile handlers
 * and one after them, and an emitter.
 */
final class Stage {

	static final String NAME = "event";

	/** A thread local that hostile handlers do not remove. */
	static final ThreadLocal<Stage> LOCAL = new ThreadLocal<>();

	/**
	 * Maximum number of calls beyond the emitter's events; more calls are an endless
	 * loop.
	 */
	private static final int MAX_CALLS = 20_000;

	final Contender contender;

	private final Neighbour before;

	private final Neighbour after;

	private final CountDownLatch end = new CountDownLatch(1);

	private final Hostility hostility;

	private final Duration limit;

	private final AtomicInteger calls = new AtomicInteger();

	private final AtomicInteger subscribed = new AtomicInteger();

	private final Set<String> remarks = ConcurrentHashMap.newKeySet();

	private final boolean[] emitted;

	private final AtomicInteger hanging = new AtomicInteger();

	private volatile boolean runaway;

	private volatile boolean applicable = true;

	/** Written by the emitter only. */
	private volatile int emits;

	private volatile @Nullable Throwable thrown;

	Stage(Contender contender, Hostility hostility, Duration limit) {
		this.contender = contender;
		this.hostility = hostility;
		this.limit = limit;
		int events = hostility.events();
		// The last element is for the event that checks the delivery
		this.emitted = new boolean[events + 1];
		this.before = new Neighbour("before", events + 1);
		this.after = new Neighbour("after", events + 1);
	}

	Runnable hostile(Contender.Handler handler) {
		return this.contender.subscribe(name(), limited(handler));
	}

	void hostileCondition(Predicate<Event> condition) {
		this.contender.subscribe(name(), condition, (event) -> {
		});
	}

	private String name() {
		return "hostile" + this.subscribed.incrementAndGet();
	}

	private Contender.Handler limited(Contender.Handler handler) {
		return (event) -> {
			if (this.end.getCount() == 0) {
				return;
			}
			if (this.calls.incrementAndGet() > MAX_CALLS + this.emitted.length) {
				this.runaway = true;
				return;
			}
			try {
				handler.handle(event);
			}
			catch (Contender.NotApplicable ex) {
				this.applicable = false;
			}
		};
	}

	/** Emits an event from inside a handler. */
	void nested(String name) {
		this.contender.publish(name, new Event(Event.NESTED));
	}

	/** Emits an event as the emitter, which must not get an exception. */
	void emit(String name, Event event) {
		try {
			this.contender.publish(name, event);
		}
		catch (Throwable ex) {
			this.thrown = ex;
		}
		this.emitted[event.number] = true;
		this.emits = this.emits + 1;
	}

	/**
	 * Emits an event with an exhausted stack; a {@link StackOverflowError} is allowed.
	 */
	void emitIfPossible(int number) {
		try {
			this.contender.publish(NAME, new Event(number));
			// Inlined, because a call could overflow the stack
			this.emitted[number] = true;
			this.emits = this.emits + 1;
		}
		catch (StackOverflowError ex) {
			// The emitter knows that the event was not emitted
		}
	}

	/** Emits the last event, which checks that delivery still works. */
	void emitLast() {
		emit(NAME, new Event(this.emitted.length - 1));
	}

	/** Adds an observation to the verdict that is no failure. */
	void remark(String remark) {
		this.remarks.add(remark);
	}

	/** Waits until the neighbours have received or lost all events so far. */
	boolean awaitNeighbours() {
		return await(() -> isDone(this.before) && isDone(this.after));
	}

	private boolean isDone(Neighbour neighbour) {
		return neighbour.count.get() + lost(neighbour) >= this.emits;
	}

	private long lost(Neighbour neighbour) {
		return this.hostility.mayLoseCounted() ? this.contender.lost(neighbour.id) : 0;
	}

	private boolean await(BooleanSupplier condition) {
		long deadline = System.nanoTime() + this.limit.toNanos();
		while (!condition.getAsBoolean()) {
			if (System.nanoTime() - deadline > 0) {
				return false;
			}
			LockSupport.parkNanos(50_000);
		}
		return true;
	}

	private long missing(Neighbour neighbour) {
		return IntStream.range(0, this.emitted.length)
			.filter((number) -> this.emitted[number] && neighbour.received.get(number) != 1)
			.count();
	}

	private @Nullable String audit() {
		return this.contender.audit(this.before.id, this.after.id);
	}

	Verdict play() {
		this.contender.subscribe(this.before.id, this.before);
		this.hostility.enter(this);
		this.contender.subscribe(this.after.id, this.after);
		boolean ended = ends(this::emitAll, this.limit);
		try {
			return judge(!ended);
		}
		finally {
			this.end.countDown();
		}
	}

	/** Returns whether an action on a thread of its own ends in time. */
	static boolean ends(Runnable action, Duration limit) {
		Thread thread = new Thread(null, action, "emitter", 1 << 20);
		thread.setDaemon(true);
		thread.start();
		Uninterruptibles.joinUninterruptibly(thread, limit);
		return !thread.isAlive();
	}

	private void emitAll() {
		try {
			this.hostility.emit(this);
		}
		catch (Contender.NotApplicable ex) {
			this.applicable = false;
		}
	}

	private Verdict judge(boolean hanging) {
		boolean complete = !hanging && this.thrown == null && awaitNeighbours();
		if (complete && this.hostility.awaitsCalls()) {
			await(() -> this.calls.get() >= this.emits);
		}
		if (complete && this.hostility.loops()) {
			await(() -> this.runaway || this.contender.isQuiet());
		}
		if (!this.applicable) {
			return Verdict.NOT_APPLICABLE;
		}
		if (this.runaway) {
			return Verdict.failed("handlers never stop");
		}
		if (hanging) {
			return Verdict.failed("emitter hangs");
		}
		Throwable error = this.thrown;
		if (error != null) {
			return Verdict.failed("emitter gets `" + error.getClass().getSimpleName() + "`");
		}
		for (Neighbour neighbour : List.of(this.before, this.after)) {
			long missing = missing(neighbour);
			if (missing > lost(neighbour)) {
				return Verdict.failed("a neighbour misses " + missing + " of " + this.emits);
			}
			if (neighbour.isTwice()) {
				return Verdict.failed("a neighbour gets events twice");
			}
		}
		if (!complete || !await(() -> audit() == null)) {
			return Verdict.failed("books: " + audit());
		}
		if (this.hanging.get() > 1) {
			remark("holds " + this.hanging + " threads");
		}
		return new Verdict(Verdict.Outcome.SURVIVED, String.join(", ", this.remarks));
	}

	/** Blocks until the scenario ends, and ignores interrupts. */
	void hang() {
		this.hanging.incrementAndGet();
		Uninterruptibles.awaitUninterruptibly(this.end);
	}

	/** A well-behaved handler that counts the events it receives. */
	private static final class Neighbour implements Contender.Handler {

		private final String id;

		private final AtomicIntegerArray received;

		private final AtomicInteger count = new AtomicInteger();

		Neighbour(String id, int capacity) {
			this.id = id;
			this.received = new AtomicIntegerArray(capacity);
		}

		@Override
		public void handle(Event event) {
			if (event.number != Event.NESTED) {
				this.received.getAndIncrement(event.number);
				this.count.getAndIncrement();
			}
		}

		boolean isTwice() {
			return IntStream.range(0, this.received.length()).anyMatch((number) -> this.received.get(number) > 1);
		}

	}

}
