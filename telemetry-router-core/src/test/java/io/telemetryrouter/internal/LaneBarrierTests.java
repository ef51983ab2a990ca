package io.telemetryrouter.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerSpec;

import static org.assertj.core.api.Assertions.assertThat;

class LaneBarrierTests {

	private final RouterCore core = TestCores.withEventNames(10);

	private final Drain drain = new Drain(this.core);

	@Test
	void whenFlushesTimeOutThenNothingOfThemIsLeftAtTheLane() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		Registration handler = new Registration(this.core, 1, "hung",
				HandlerSpec.on("x").async().handler((event, payload) -> {
					running.countDown();
					release.await();
				}).build(), "test", false);
		this.core.registry().add(handler);
		new Dispatcher(this.core).dispatch(this.core.registry().route("x"), "payload", null, null);
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		for (int i = 0; i < 1000; i++) {
			FlushResult result = this.drain.await(System.nanoTime());
			assertThat(result.complete()).isFalse();
		}
		assertThat(handler.lane().waiting()).isZero();
		release.countDown();
		assertThat(this.drain.await(System.nanoTime() + TimeUnit.SECONDS.toNanos(60)).complete()).isTrue();
		assertThat(handler.lane().waiting()).isZero();
		this.core.executor().shutdown(false);
	}

}
