package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThatCode;

/**
 * The process cannot create a thread for a moment: no lock stays held, nothing is lost,
 * and the router tries again.
 */
class LackingThreadsTests {

	private final CapturedLog log = new CapturedLog();

	private final ExecutorService other = Executors.newSingleThreadExecutor();

	private final AtomicBoolean locked = new AtomicBoolean();

	private final TelemetryRouter router = TelemetryRouter.builder().contextCarrier(new Carrier()).build();

	@BeforeEach
	void assumeThatThreadsCanBeLacking() {
		// Later JDKs do not ask the creating thread.
		assumeThatCode(() -> withoutThreads(() -> new Thread(null, () -> {
		}, "lacking", 0, false))).isInstanceOf(OutOfMemoryError.class);
		assertThat(this.other.submit(() -> {
		})).succeedsWithin(Books.LIMIT);
	}

	@AfterEach
	void close() {
		this.router.close();
		this.other.shutdown();
		this.log.close();
	}

	/** Runs code on a thread that cannot create another one. */
	private static void withoutThreads(Runnable code) {
		Throwable[] thrown = new Throwable[1];
		Thread thread = new Thread(code) {

			@Override
			public ClassLoader getContextClassLoader() {
				throw new OutOfMemoryError("unable to create native thread");
			}

		};
		thread.setUncaughtExceptionHandler((failed, ex) -> thrown[0] = ex);
		thread.start();
		try {
			thread.join(Books.LIMIT.toMillis());
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
		assertThat(thread.isAlive()).isFalse();
		if (thrown[0] instanceof Error error) {
			throw error;
		}
	}

	@Test
	void whenTheWatchdogCannotStartThenNoLockIsHeldAndTheNextRegistrationStartsIt() {
		withoutThreads(() -> this.router.subscribe("a", (event, payload) -> {
		}));
		assertThat(this.locked).isFalse();
		this.router.subscribe("b", (event, payload) -> {
		});
		Books.passRound(this.router);
		assertThat(this.log.lines("No thread to watch")).hasSize(1);
	}

	@Test
	void whenALaneGetsNoThreadThenItsEventsStayQueuedAndAreHandledLater() {
		this.router.subscribe(HandlerSpec.on("a").id("lane").async().handler((event, payload) -> {
		}).build());
		CompletableFuture<CompletableFuture<EmitOutcome>> emit = new CompletableFuture<>();
		withoutThreads(() -> emit.complete(this.router.emitAsync("a", 1)));
		assertThat(Books.result(Books.result(emit))).isEqualTo(new EmitOutcome(1, 0, 0, 0));
		assertThat(this.log.lines("No thread for handler 'lane'")).hasSize(1);
	}

	@Test
	void whenAHandlerClosesTheRouterAndThereIsNoThreadForItThenALaterCloseDrains() {
		this.router
			.subscribe(HandlerSpec.on("a").id("closing").handler((event, payload) -> this.router.close()).build());
		this.router.subscribe(HandlerSpec.on("a").id("lane").async().handler((event, payload) -> {
		}).build());
		withoutThreads(() -> this.router.emit("a", 1));
		assertThat(Books.of(this.router, "closing").failed()).isOne();
		this.router.close();
		assertThat(Books.of(this.router, "lane").handled()).isOne();
	}

	@Test
	void whenAFutureCannotStartTheWatchdogThenItTimesOutAfterTheNextOne() {
		CompletableFuture<CompletableFuture<TelemetryEvent<?>>> next = new CompletableFuture<>();
		withoutThreads(() -> next.complete(this.router.next("a", (event) -> true, Duration.ofMillis(1))));
		this.router.next("b", (event) -> true, Duration.ofDays(1));
		assertThatExceptionOfType(Exception.class)
			.isThrownBy(() -> Books.result(next).get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS))
			.withRootCauseInstanceOf(TimeoutException.class);
	}

	/** Notices a lock of the watchdog that its caller holds. */
	private final class Carrier implements ContextCarrier {

		@Override
		public Object capture() {
			CompletableFuture<Void> subscribed = CompletableFuture
				.runAsync(() -> LackingThreadsTests.this.router.subscribe("c", (event, payload) -> {
				}), LackingThreadsTests.this.other);
			try {
				subscribed.get(Books.LIMIT.toMillis() / 2, TimeUnit.MILLISECONDS);
			}
			catch (Exception ex) {
				LackingThreadsTests.this.locked.set(true);
			}
			return "context";
		}

		@Override
		public Scope restore(Object context) {
			return () -> {
			};
		}

	}

}
