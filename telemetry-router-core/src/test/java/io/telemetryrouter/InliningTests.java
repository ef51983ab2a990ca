package io.telemetryrouter;

import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A route in steady use gets code of its own, which nobody must notice.
 */
class InliningTests {

	private static final String EVENT = "token_received";

	private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.SHOW_HIDDEN_FRAMES);

	private final AtomicLong emits = new AtomicLong();

	private TelemetryRouter router = builder().build();

	private volatile boolean inlined;

	/** A watchdog that looks once a millisecond. */
	private static TelemetryRouterBuilder builder() {
		return TelemetryRouter.builder().stuckThreshold(Duration.ofMillis(10)).logger(new Silence());
	}

	@AfterEach
	void close() {
		this.router.close();
	}

	private void emit(Object payload) {
		this.emits.incrementAndGet();
		this.router.emit(EVENT, payload);
	}

	private void emitUntilInlined() {
		this.inlined = false;
		Books.eventually(() -> {
			for (int i = 0; i < 100; i++) {
				emit(i);
			}
			return this.inlined;
		});
	}

	private void look(String event, Object payload) {
		this.inlined = STACK
			.walk((frames) -> frames.anyMatch((frame) -> frame.getClassName().contains("InlinedCalls")));
	}

	private HandlerAccount account(String id) {
		return Books.of(this.router, id);
	}

	@ParameterizedTest
	@CsvSource({ "1, true", "8, true", "9, true", "25, true", "1, false", "8, false", "25, false" })
	void whenRouteIsInSteadyUseThenEachHandlerIsCalledOnceInOrder(int handlers, boolean measured) {
		this.router = builder().measureLatency(measured).build();
		List<Integer> called = new ArrayList<>();
		for (int i = 1; i < handlers; i++) {
			int number = i;
			this.router.subscribe(HandlerSpec.on(EVENT)
				.id("h" + i)
				.priority(i)
				.handler((event, payload) -> called.add(number))
				.build());
		}
		this.router.subscribe(HandlerSpec.on("**").id("h" + handlers).priority(handlers).handler((event, payload) -> {
			look(event, payload);
			called.add(handlers);
		}).build());
		emitUntilInlined();
		called.clear();
		emit("last");
		assertThat(this.inlined).isTrue();
		assertThat(called).hasSize(handlers).isSorted().doesNotHaveDuplicates();
		Map<String, HandlerSnapshot> snapshots = Books.balanced(this.router).handlers();
		assertThat(snapshots).hasSize(handlers).allSatisfy((id, snapshot) -> {
			assertThat(snapshot.account().handled()).isEqualTo(this.emits.get());
			assertThat(snapshot.latency().count()).isEqualTo(measured ? this.emits.get() : 0);
		});
	}

	@Test
	void whenHandlerFailsThenTheOthersAreCalledAndTheFailureIsCounted() {
		AtomicLong after = new AtomicLong();
		this.router.subscribe(HandlerSpec.on(EVENT).id("failing").handler((event, payload) -> {
			if (payload.equals("fail")) {
				throw new IllegalStateException();
			}
		}).build());
		this.router.subscribe(EVENT, (event, payload) -> after.incrementAndGet());
		this.router.subscribe(EVENT, this::look);
		emitUntilInlined();
		emit("fail");
		assertThat(this.inlined).isTrue();
		assertThat(after).hasValue(this.emits.get());
		assertThat(account("failing").failed()).isOne();
		assertThat(account("failing").handled()).isEqualTo(this.emits.get() - 1);
	}

	@Test
	void whenHandlerUsesTheStackUpThenNothingIsLost() {
		AtomicLong after = new AtomicLong();
		this.router.subscribe(HandlerSpec.on(EVENT).id("endless").handler((event, payload) -> {
			if (payload.equals("descend")) {
				descend(1);
			}
		}).build());
		this.router.subscribe(EVENT, (event, payload) -> after.incrementAndGet());
		this.router.subscribe(EVENT, this::look);
		emitUntilInlined();
		emit("descend");
		assertThat(after).hasValue(this.emits.get());
		assertThat(account("endless").failed()).isOne();
		Books.balanced(this.router);
	}

	private static int descend(int depth) {
		return (depth > 0) ? descend(depth + 1) + 1 : depth;
	}

	@Test
	void whenHandlerIsPausedThenItsEventsAreCountedAsDropped() {
		this.router.subscribe(HandlerSpec.on(EVENT).id("paused").handler((event, payload) -> {
		}).build());
		this.router.subscribe(EVENT, this::look);
		emitUntilInlined();
		this.router.pause("paused");
		emit("one");
		this.router.resume("paused");
		emit("two");
		assertThat(this.inlined).isTrue();
		assertThat(account("paused").dropped()).containsEntry(DropReason.PAUSED, 1L);
		assertThat(account("paused").handled()).isEqualTo(this.emits.get() - 1);
	}

	@Test
	void whenPayloadIsOfAnotherTypeThenItsHandlerDoesNotGetIt() {
		AtomicLong numbers = new AtomicLong();
		this.router.subscribe(EventType.of(EVENT, Integer.class), (event, payload) -> numbers.addAndGet(payload));
		this.router
			.subscribe(HandlerSpec.on(EventType.of(EVENT, Integer.class)).id("typed").handler((event, payload) -> {
			}).build());
		this.router.subscribe(EVENT, this::look);
		emitUntilInlined();
		numbers.set(0);
		emit("text");
		emit(7);
		this.router.emit(EVENT, null);
		assertThat(this.inlined).isTrue();
		assertThat(numbers).hasValue(7);
		assertThat(account("typed").dropped()).containsEntry(DropReason.TYPE_MISMATCH, 2L);
	}

	@Test
	void whenHandlerIsCalledFromWithinItselfThenBothEmitsCount() {
		this.router.subscribe(HandlerSpec.on(EVENT).id("again").handler((event, payload) -> {
			if (payload.equals("again")) {
				emit("inner");
			}
		}).build());
		this.router.subscribe(EVENT, this::look);
		emitUntilInlined();
		emit("again");
		assertThat(this.inlined).isTrue();
		assertThat(account("again").handled()).isEqualTo(this.emits.get());
		assertThat(this.router.handlerSnapshot("again").latency().count()).isEqualTo(this.emits.get());
	}

	@Test
	void whenHandlersComeAndGoThenTheNextEventShowsIt() {
		AtomicLong early = new AtomicLong();
		AtomicLong late = new AtomicLong();
		Subscription first = this.router.subscribe(EVENT, (event, payload) -> early.incrementAndGet());
		this.router.subscribe(EVENT, this::look);
		emitUntilInlined();
		this.router.subscribe(EVENT, (event, payload) -> late.incrementAndGet());
		emit("both");
		assertThat(early).hasValue(this.emits.get());
		assertThat(late).hasValue(1);
		emitUntilInlined();
		late.set(0);
		first.close();
		long before = this.emits.get();
		emit("late");
		assertThat(early).hasValue(before);
		assertThat(late).hasValue(1);
	}

	@Test
	void whenThreadHasNoNotesThenItsRouteIsInlinedAsWell() throws InterruptedException {
		this.router.subscribe(EVENT, this::look);
		CountDownLatch end = new CountDownLatch(1);
		for (int i = 0; i < 70; i++) {
			CountDownLatch emitted = new CountDownLatch(1);
			Thread thread = new Thread(() -> {
				this.router.emit("other", "");
				emitted.countDown();
				try {
					end.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			});
			thread.setDaemon(true);
			thread.start();
			emitted.await();
		}
		emitUntilInlined();
		end.countDown();
		assertThat(this.router.eventSnapshot(EVENT).emitted()).isEqualTo(this.emits.get());
	}

	@Test
	void whenSubscriptionIsClosedThenItsHandlerCanBeCollected() {
		WeakReference<Object> captured = subscribeInlineAndClose();
		Books.eventually(() -> {
			System.gc();
			return captured.get() == null;
		});
	}

	private WeakReference<Object> subscribeInlineAndClose() {
		byte[] captured = new byte[1];
		Subscription subscription = this.router.subscribe(EVENT, (event, payload) -> captured[0]++);
		Subscription looking = this.router.subscribe(EVENT, this::look);
		emitUntilInlined();
		looking.close();
		subscription.close();
		return new WeakReference<>(captured);
	}

	@Test
	void whenNoClassCanBeDefinedThenOneLineSaysSoAndHandlersAreCalledInALoop() throws Exception {
		URL[] classes = { location(TelemetryRouter.class), location(Emitting.class) };
		try (URLClassLoader reticent = new URLClassLoader(classes, ClassLoader.getPlatformClassLoader()) {

			@Override
			public InputStream getResourceAsStream(String name) {
				return name.endsWith("InlinedCalls.class") ? null : super.getResourceAsStream(name);
			}

		}) {
			Callable<?> emitting = (Callable<?>) reticent.loadClass(Emitting.class.getName())
				.getConstructor()
				.newInstance();
			assertThat(emitting.call()).isEqualTo(
					"DEBUG: Handlers are called in a loop, which is slower than code of their own; 6000 of 6000");
		}
	}

	private static URL location(Class<?> type) {
		return type.getProtectionDomain().getCodeSource().getLocation();
	}

	/**
	 * Brings a route into steady use, waits for the log and emits again. Knows no class
	 * but the router's.
	 */
	public static class Emitting implements Callable<String> {

		@Override
		public String call() throws InterruptedException {
			BlockingQueue<String> lines = new LinkedBlockingQueue<>();
			System.Logger logger = (System.Logger) Proxy.newProxyInstance(Emitting.class.getClassLoader(),
					new Class<?>[] { System.Logger.class }, (proxy, method, arguments) -> {
						// On a busy machine there are warnings of calls that take long.
						if (arguments[0] == System.Logger.Level.DEBUG) {
							lines.add(arguments[0] + ": " + arguments[1]);
						}
						return null;
					});
			AtomicLong handled = new AtomicLong();
			try (TelemetryRouter router = TelemetryRouter.builder()
				.stuckThreshold(Duration.ofMillis(10))
				.logger(logger)
				.build()) {
				router.subscribe(EVENT, (event, payload) -> handled.incrementAndGet());
				emit(router);
				String line = lines.poll(30, TimeUnit.SECONDS);
				emit(router);
				return line + "; " + handled + " of " + router.eventSnapshot(EVENT).emitted();
			}
		}

		private static void emit(TelemetryRouter router) {
			for (int i = 0; i < 3_000; i++) {
				router.emit(EVENT, i);
			}
		}

	}

}
