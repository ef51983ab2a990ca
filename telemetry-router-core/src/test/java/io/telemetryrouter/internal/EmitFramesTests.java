package io.telemetryrouter.internal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.HandlerSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each thread has a frame of its own, and the first ones a lease.
 */
class EmitFramesTests {

	private static final int LEASES = 64;

	private final EmitFrames frames = new EmitFrames();

	@Test
	void whenThreadComesAgainThenItFindsItsFrame() throws Exception {
		EmitFrame own = this.frames.current();
		EmitFrame other = onThread();
		assertThat(this.frames.current()).isSameAs(own).isNotSameAs(other);
		assertThat(own.lease).isNotNegative().isNotEqualTo(other.lease);
	}

	@Test
	void whenThreadsMeetInOnePlaceThenEachFindsItsOwnFrame() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		List<EmitFrame> found = new ArrayList<>();
		// Ids are given in turn, so that some of these meet however large the table is.
		for (int i = 0; i < 4; i++) {
			FutureTask<EmitFrame> look = new FutureTask<>(this.frames::current);
			FutureTask<EmitFrame> lookAgain = new FutureTask<>(this.frames::current);
			Thread thread = new Thread(() -> {
				look.run();
				lookAgain.run();
				pass(end);
			});
			thread.start();
			EmitFrame frame = look.get(30, TimeUnit.SECONDS);
			assertThat(lookAgain.get(30, TimeUnit.SECONDS)).isSameAs(frame);
			found.add(frame);
			for (int j = 0; j < 255; j++) {
				Thread between = new Thread(() -> {
				});
				between.start();
				between.join();
			}
		}
		end.countDown();
		assertThat(new HashSet<>(found)).hasSize(4);
	}

	@Test
	void whenThereAreMoreThreadsThanLeasesThenTheFirstHaveThem() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		Set<Integer> leases = new HashSet<>();
		for (int i = 0; i < LEASES; i++) {
			EmitFrame frame = onThreadThatStays(end);
			assertThat(frame.lease).isBetween(0, LEASES - 1);
			leases.add(frame.lease);
		}
		assertThat(leases).hasSize(LEASES);
		assertThat(onThreadThatStays(end).lease).isNegative();
		assertThat(onThreadThatStays(end).lease).isNegative();
		end.countDown();
	}

	@Test
	void whenThreadsHaveEndedThenTheirLeasesAreForOthers() throws Exception {
		for (int i = 0; i < LEASES; i++) {
			assertThat(onThread().lease).isNotNegative();
		}
		await().atMost(30, TimeUnit.SECONDS).until(() -> {
			System.gc();
			return onThread().lease >= 0;
		});
	}

	@Test
	void whenThreadHasEndedThenWhatItOwedIsCountedWithTheNextFrame() throws Exception {
		RouterCore core = TestCores.withEventNames(10);
		Registration handler = new Registration(core, 1, "h", HandlerSpec.on("x").handler((event, payload) -> {
		}).build(), "test", false);
		core.registry().add(handler);
		Route route = core.registry().route("x");
		FutureTask<Boolean> emit = new FutureTask<>(() -> {
			EmitFrame frame = core.frames().current();
			EmitFrame.Level level = frame.enter("x", null);
			route.pass(level);
			// As an emit leaves it that could not go on.
			level.owed = route;
			frame.exit(level);
			return true;
		});
		Thread emitter = new Thread(emit);
		emitter.start();
		emitter.join();
		emitter = null;
		assertThat(handler.counters().get(Counters.FAILED)).isZero();
		await().atMost(30, TimeUnit.SECONDS).until(() -> {
			System.gc();
			Thread next = new Thread(() -> core.frames().current());
			next.start();
			next.join();
			return handler.counters().get(Counters.FAILED) == 1;
		});
	}

	@Test
	void whenEmitHadNoStackToLetGoThenTheNextOneHasNothingOfIt() {
		RouterCore core = TestCores.withEventNames(10);
		EmitFrame frame = core.frames().current();
		EmitFrame.Level level = frame.enter("outer", new Cause(null, "cause"));
		level.tracker(new EmitTracker(core.executor()));
		// As a dispatch leaves it that cannot call anything any more.
		frame.depth--;
		EmitFrame.Level next = frame.enter("next", null);
		assertThat(next).isSameAs(level);
		assertThat(next.tracker()).isNull();
		assertThat(next.parent()).isNull();
		frame.exit(next);
	}

	private EmitFrame onThread() throws Exception {
		FutureTask<EmitFrame> look = new FutureTask<>(this.frames::current);
		Thread thread = new Thread(look);
		thread.start();
		thread.join();
		return look.get();
	}

	private EmitFrame onThreadThatStays(CountDownLatch end) throws Exception {
		FutureTask<EmitFrame> look = new FutureTask<>(this.frames::current);
		Thread thread = new Thread(() -> {
			look.run();
			pass(end);
		});
		thread.start();
		return look.get(30, TimeUnit.SECONDS);
	}

	private static void pass(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
