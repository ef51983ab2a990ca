package io.telemetryrouter.internal.event;

import java.lang.ref.WeakReference;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class DispatchStacksTests {

	/** No handler has this number. */
	private static final long HANDLER = (1L << 60) - 5;

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	@Test
	void whenThreadIsOutsideOfEmitsThenItHasNoStack() {
		assertThat(DispatchStacks.current()).isNull();
		assertThat(DispatchStacks.isInsideHandler()).isFalse();
	}

	@Test
	void whenThreadTakesAStackAgainThenItIsTheSameUntilItIsGivenBackAsOften() {
		DispatchStack outer = DispatchStacks.acquire();
		assertThat(outer.owner()).isSameAs(Thread.currentThread());
		DispatchStack inner = DispatchStacks.acquire();
		assertThat(inner).isSameAs(outer).isSameAs(DispatchStacks.current());
		inner.giveBack();
		assertThat(DispatchStacks.current()).isSameAs(outer);
		outer.giveBack();
		assertThat(DispatchStacks.current()).isNull();
		assertThat(outer.owner()).isNull();
		assertThat(outer.uses).isZero();
	}

	@Test
	void whenThreadEmitsOrWorksForALaneThenItIsInsideAHandler() {
		DispatchStack stack = DispatchStacks.acquire();
		try {
			assertThat(DispatchStacks.isInsideHandler()).isFalse();
			DispatchFrame frame = stack.enter("event", null);
			assertThat(DispatchStacks.isInsideHandler()).isTrue();
			stack.exit(frame);
			assertThat(DispatchStacks.isInsideHandler()).isFalse();
			stack.onLane = true;
			assertThat(DispatchStacks.isInsideHandler()).isTrue();
			stack.onLane = false;
		}
		finally {
			stack.giveBack();
		}
	}

	@Test
	void whenEmitsNestThenEachHasItsFrameAndTheOuterIsItsCause() {
		DispatchStack stack = DispatchStacks.acquire();
		try {
			assertThat(stack.cause()).isNull();
			List<DispatchFrame> frames = new ArrayList<>();
			for (int i = 0; i < 9; i++) {
				frames.add(stack.enter("event." + i, stack.cause()));
			}
			assertThat(frames).doesNotHaveDuplicates();
			Cause cause = stack.cause();
			assertThat(cause).isNotNull();
			assertThat(cause.chain("last")).containsExactly("event.0", "event.1", "event.2", "event.3", "event.4",
					"event.5", "event.6", "event.7", "event.8", "last");
			for (int i = 8; i >= 0; i--) {
				stack.exit(frames.get(i));
			}
			assertThat(stack.cause()).isNull();
			assertThat(stack.depth).isZero();
		}
		finally {
			stack.giveBack();
		}
	}

	@Test
	void whenThreadsAreInsideHandlersThenTheirCallsAreCounted() throws Exception {
		CountDownLatch inside = new CountDownLatch(3);
		CountDownLatch leave = new CountDownLatch(1);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			threads.add(start(() -> {
				DispatchStack stack = DispatchStacks.acquire();
				DispatchFrame outer = stack.enter("outer", null);
				outer.running(HANDLER);
				DispatchFrame nested = stack.enter("nested", null);
				nested.running(HANDLER - 1);
				inside.countDown();
				pass(leave);
				stack.exit(nested);
				stack.exit(outer);
				stack.giveBack();
			}));
		}
		pass(inside);
		assertThat(DispatchStacks.countRunning(HANDLER)).isEqualTo(3);
		assertThat(DispatchStacks.countRunning(HANDLER - 1)).isEqualTo(3);
		leave.countDown();
		join(threads);
		assertThat(DispatchStacks.countRunning(HANDLER)).isZero();
	}

	@Test
	void whenMoreThreadsThanHomesEmitAtOnceThenEachHasItsOwnStack() throws Exception {
		Set<DispatchStack> stacks = together(300);
		assertThat(stacks).hasSize(300).allSatisfy((stack) -> {
			assertThat(stack.owner()).isNull();
			assertThat(stack.uses).isZero();
		});
		assertThat(stacks).filteredOn((stack) -> stack.slot >= 0).hasSizeLessThanOrEqualTo(DispatchStacks.SLOTS);
		assertThat(stacks).filteredOn((stack) -> stack.slot < 0)
			.isNotEmpty()
			.allSatisfy((stack) -> assertThat(stack.home).isNotSameAs(stack));
	}

	@Test
	void whenManyThreadsComeAndGoThenThePoolDoesNotGrow() throws Exception {
		together(300);
		int after = size();
		for (int i = 0; i < 10; i++) {
			together(300);
		}
		// As many again, if threads of others take part.
		assertThat(size()).isLessThan(2 * after);
	}

	/**
	 * Has threads hold stacks at the same time.
	 * @return their stacks
	 */
	private Set<DispatchStack> together(int count) throws Exception {
		Set<DispatchStack> stacks = Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
		CountDownLatch all = new CountDownLatch(count);
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			threads.add(start(() -> {
				DispatchStack stack = DispatchStacks.acquire();
				stacks.add(stack);
				all.countDown();
				pass(all);
				assertThat(stack.owner()).isSameAs(Thread.currentThread());
				for (int j = 0; j < 3; j++) {
					assertThat(DispatchStacks.acquire()).isSameAs(stack);
					assertThat(DispatchStacks.current()).isSameAs(stack);
					stack.giveBack();
				}
				stack.giveBack();
				assertThat(DispatchStacks.current()).isNull();
			}));
		}
		join(threads);
		return stacks;
	}

	private static int size() {
		int[] count = new int[1];
		DispatchStacks.forEach((stack) -> count[0]++);
		return count[0];
	}

	@Test
	void whenHomeBecomesFreeThenADisplacedThreadKeepsTheStackItHas() throws Exception {
		DispatchStack home = DispatchStacks.acquire();
		CountDownLatch displaced = new CountDownLatch(1);
		CountDownLatch free = new CountDownLatch(1);
		Thread thread = startAtTheSameHome(() -> {
			DispatchStack stack = DispatchStacks.acquire();
			assertThat(stack).isNotSameAs(home);
			assertThat(stack.slot).isEqualTo(-1);
			assertThat(stack.stripeHint).isEqualTo(home.slot);
			displaced.countDown();
			pass(free);
			assertThat(DispatchStacks.current()).isSameAs(stack);
			assertThat(DispatchStacks.acquire()).isSameAs(stack);
			stack.giveBack();
			stack.giveBack();
			// The home is free, so it is acquired next.
			assertThat(DispatchStacks.acquire()).isSameAs(home);
			home.giveBack();
		});
		pass(displaced);
		assertThat(home.displaced).isOne();
		home.giveBack();
		free.countDown();
		join(List.of(thread));
		assertThat(home.displaced).isZero();
	}

	@Test
	void whenThreadHasDiedWithItsStackThenItIsTakenBackAsGoodAsNew() throws Exception {
		DispatchStack[] left = new DispatchStack[1];
		Thread thread = start(() -> {
			DispatchStack stack = DispatchStacks.acquire();
			DispatchStacks.acquire();
			stack.onLane = true;
			stack.scheduling = true;
			stack.capturing = true;
			stack.enter("outer", null).running(HANDLER);
			stack.enter("nested", stack.cause()).took("handler", "slow", 1);
			left[0] = stack;
		});
		join(List.of(thread));
		DispatchStack stack = left[0];
		// The watchdog of some router may have done so already.
		DispatchStacks.reconcile();
		assertThat(stack.owner()).isNull();
		assertThat(stack.depth).isZero();
		assertThat(stack.uses).isZero();
		assertThat(stack.onLane).isFalse();
		assertThat(stack.scheduling).isFalse();
		assertThat(stack.capturing).isFalse();
		assertThat(DispatchStacks.countRunning(HANDLER)).isZero();
		assertThat(stack.frames()).allSatisfy((frame) -> {
			assertThat(frame.parent()).isNull();
			assertThat(frame.slowestHandler).isNull();
			assertThat(frame.longest).isZero();
		});
	}

	@Test
	void whenADisplacedThreadHasDiedWithItsStackThenItsHomeForgetsIt() throws Exception {
		DispatchStack home = DispatchStacks.acquire();
		try {
			DispatchStack[] left = new DispatchStack[1];
			join(List.of(startAtTheSameHome(() -> left[0] = DispatchStacks.acquire())));
			assertThat(left[0]).isNotSameAs(home);
			DispatchStacks.reconcile();
			DispatchStacks.reconcile();
			assertThat(home.displaced).isZero();
			assertThat(left[0].owner()).isNull();
			assertThat(home.owner()).isSameAs(Thread.currentThread());
			assertThat(home.uses).isOne();
		}
		finally {
			home.giveBack();
		}
	}

	@Test
	void whenThreadLivesThenItsStackIsNotTakenBack() {
		DispatchStack stack = DispatchStacks.acquire();
		DispatchFrame frame = stack.enter("event", null);
		frame.running(HANDLER);
		DispatchStacks.reconcile();
		assertThat(DispatchStacks.current()).isSameAs(stack);
		assertThat(stack.depth).isOne();
		assertThat(DispatchStacks.countRunning(HANDLER)).isOne();
		stack.exit(frame);
		stack.giveBack();
	}

	@Test
	void whenThreadHasLeftItsEmitsThenNeitherItNorItsEventsAreRetained() throws Exception {
		List<WeakReference<?>> gone = new CopyOnWriteArrayList<>();
		Thread[] thread = { start(() -> {
			DispatchStack stack = DispatchStacks.acquire();
			DispatchFrame frame = stack.enter("event", null);
			Object payload = new Object();
			EmitTracker tracker = new EmitTracker(Runnable::run);
			frame.envelope(envelope(payload, tracker));
			frame.tracker(tracker);
			gone.add(new WeakReference<>(payload));
			gone.add(new WeakReference<>(tracker));
			stack.exit(frame);
			stack.giveBack();
		}) };
		join(List.of(thread[0]));
		gone.add(new WeakReference<>(thread[0]));
		thread[0] = null;
		await().until(() -> {
			System.gc();
			return gone.stream().allMatch((reference) -> reference.get() == null);
		});
	}

	private static Envelope<?> envelope(Object payload, EmitTracker tracker) {
		return new EnvelopeSource(InstantSource.system(), new Ticker(null), new Runs()).envelope("event", payload, 0,
				null, null, tracker, null);
	}

	private Thread startAtTheSameHome(Runnable action) {
		long home = Thread.currentThread().getId() & (DispatchStacks.SLOTS - 1);
		while (true) {
			Thread thread = guarded(action);
			if ((thread.getId() & (DispatchStacks.SLOTS - 1)) == home) {
				thread.start();
				return thread;
			}
		}
	}

	private Thread start(Runnable action) {
		Thread thread = guarded(action);
		thread.start();
		return thread;
	}

	private Thread guarded(Runnable action) {
		Thread thread = new Thread(() -> {
			try {
				action.run();
			}
			catch (Throwable ex) {
				this.failures.add(ex);
			}
		});
		thread.setDaemon(true);
		return thread;
	}

	private void join(List<Thread> threads) throws InterruptedException {
		for (Thread thread : threads) {
			thread.join(30_000);
			assertThat(thread.isAlive()).isFalse();
		}
		assertThat(this.failures).isEmpty();
	}

	private static void pass(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
