package io.telemetryrouter.spring.autoconfigure.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.FailureReport;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for listeners that fall behind and resume from the journal.
 */
class SpillingListenerTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private static final List<Call> seen = Collections.synchronizedList(new ArrayList<>());

	@TempDir
	Path directory;

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
				TelemetryRouterJournalAutoConfiguration.class));

	private ApplicationContextRunner journal(String mode) {
		ApplicationContextRunner runner = this.contextRunner.withPropertyValues("telemetry-router.journal.enabled=true",
				"telemetry-router.journal.directory=" + this.directory, "telemetry-router.journal.mode=" + mode);
		return mode.equals("async") ? runner.withPropertyValues("telemetry-router.handlers.journal.max-queue=10000")
				: runner;
	}

	private static List<Call> emit(AssertableApplicationContext context, int from, int to) {
		List<Call> calls = IntStream.range(from, to).mapToObj(Call::new).toList();
		calls.forEach((call) -> context.getBean(TelemetryRouter.class).emit("call", call));
		return calls;
	}

	private static HandlerAccount flushed(AssertableApplicationContext context) {
		TelemetryRouter router = context.getBean(TelemetryRouter.class);
		assertThat(router.flush(LIMIT).complete()).isTrue();
		return router.handlerSnapshot("audit").account();
	}

	@Test
	void whenListenerSpillsThenItHandlesWhatItsQueueHasNoRoomFor() {
		for (String mode : List.of("sync", "async")) {
			seen.clear();
			journal(mode).withBean(SpillingListener.class).run((context) -> {
				List<Call> calls = emit(context, 0, 2000);
				assertThat(context.getBean(TelemetryRouter.class).handlerSnapshot("audit").spilled()).isPositive();
				context.getBean(SpillingListener.class).open.countDown();
				assertThat(flushed(context).handled()).isEqualTo(2000);
				assertThat(seen).isEqualTo(calls);
			});
		}
	}

	@Test
	void whenDurableListenerIsStartedAgainThenItGetsWhatItHasMissed() {
		seen.clear();
		journal("async").withBean(DurableListener.class).run((context) -> emit(context, 0, 100));
		journal("async").run((context) -> emit(context, 100, 200));
		journal("async").withBean(DurableListener.class).run((context) -> {
			emit(context, 200, 300);
			assertThat(flushed(context).handled()).isEqualTo(200);
		});
		assertThat(seen).isEqualTo(IntStream.range(0, 300).mapToObj(Call::new).toList());
	}

	@Test
	void whenPropertiesSayThatAListenerIsDurableThenItIs() {
		seen.clear();
		ApplicationContextRunner runner = journal("sync").withBean(PlainListener.class)
			.withPropertyValues("telemetry-router.handlers.audit.overflow=spill",
					"telemetry-router.handlers.audit.durable=true");
		runner.run((context) -> emit(context, 0, 10));
		journal("sync").run((context) -> emit(context, 10, 20));
		runner.run((context) -> assertThat(flushed(context).handled()).isEqualTo(10));
		assertThat(seen).hasSize(20);
	}

	@Test
	void whenThereIsNoJournalThenTheStartFailsAndNamesTheProperty() {
		for (ApplicationContextRunner runner : List.of(this.contextRunner.withBean("spilling", SpillingListener.class),
				this.contextRunner.withBean("plain", PlainListener.class)
					.withPropertyValues("telemetry-router.handlers.audit.overflow=spill"),
				this.contextRunner.withBean("plain", PlainListener.class)
					.withPropertyValues("telemetry-router.overflow=spill"))) {
			runner.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
				.containsPattern("Bean: (spilling|plain)")
				.contains("Listener.onCall(")
				.contains("Reason: Its overflow policy SPILL continues from the journal, and the router has none.")
				.contains(
						"Action: Set 'telemetry-router.journal.enabled' to 'true', or choose another overflow policy"));
		}
	}

	@Test
	void whenOptionsContradictEachOtherThenTheStartFails() {
		journal("sync").withBean(ConcurrentListener.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("Its overflow policy SPILL keeps the order of events"));
		journal("sync").withBean(PlainListener.class)
			.withPropertyValues("telemetry-router.handlers.audit.durable=true")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("does not have overflow policy 'spill'"));
		for (String overflow : List.of("overflow", "handlers.audit.overflow")) {
			journal("sync").withBean(PlainListener.class)
				.withPropertyValues("telemetry-router." + overflow + "=spill",
						"telemetry-router.handlers.audit.concurrency=2")
				.run((context) -> assertThat(FailureReport.of(context.getStartupFailure()))
					.contains("PlainListener.onCall(")
					.containsPattern("Reason: The router does not accept it: Handler 'audit' .*order of events")
					.contains(
							"or what 'telemetry-router.handlers.audit' or 'telemetry-router.overflow' says about it."));
		}
		journal("sync")
			.withPropertyValues("telemetry-router.handlers.journal.overflow=spill",
					"telemetry-router.journal.mode=async")
			.run((context) -> assertThat(context).getFailure().hasStackTraceContaining("'journal' is the recorder"));
	}

	@Test
	void whenSpillIsTheDefaultThenTheJournalDropsAndListenersSpill() {
		journal("async").withBean(PlainListener.class)
			.withPropertyValues("telemetry-router.overflow=spill")
			.run((context) -> {
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				assertThat(router.handlerSnapshot("audit").overflow()).isEqualTo(OverflowPolicy.SPILL);
				assertThat(router.handlerSnapshot("journal").overflow()).isEqualTo(OverflowPolicy.DROP_NEWEST);
			});
	}

	@TelemetryEventType("call")
	record Call(int number) {
	}

	static class SpillingListener {

		private final CountDownLatch open = new CountDownLatch(1);

		@TelemetryListener(id = "audit", async = true, overflow = OverflowPolicy.SPILL, maxQueue = 10)
		void onCall(Call call) throws InterruptedException {
			assertThat(this.open.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			seen.add(call);
		}

	}

	static class DurableListener {

		@TelemetryListener(id = "audit", async = true, overflow = OverflowPolicy.SPILL, maxQueue = 10, durable = true)
		void onCall(Call call) {
			seen.add(call);
		}

	}

	static class PlainListener {

		@TelemetryListener(id = "audit", async = true)
		void onCall(Call call) {
			seen.add(call);
		}

	}

	static class ConcurrentListener {

		@TelemetryListener(async = true, overflow = OverflowPolicy.SPILL, concurrency = 2)
		void onCall(Call call) {
		}

	}

}
