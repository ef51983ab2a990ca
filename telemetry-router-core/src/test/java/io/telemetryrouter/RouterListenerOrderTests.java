package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Listeners are notified of each change once and in order, even if they change the
 * router.
 */
class RouterListenerOrderTests {

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().build();

	private final Recording listener = new Recording();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenListenerThrowsThenOthersAreToldAndCallersAreUntouched() {
		RouterListener broken = new RouterListener() {

			@Override
			public void handlerAdded(HandlerSnapshot handler) {
				throw new StackOverflowError("on purpose");
			}

			@Override
			public void handlerRemoved(HandlerSnapshot handler) {
				throw new IllegalStateException("on purpose");
			}

			@Override
			public LongConsumer eventAdded(String event) {
				if (event.startsWith("recorded")) {
					return (nanos) -> {
						throw new IllegalStateException("on purpose");
					};
				}
				throw new LinkageError("on purpose");
			}

			@Override
			public void eventRemoved(String event) {
				throw new IllegalStateException("on purpose");
			}

		};
		try (CapturedLog log = new CapturedLog()) {
			this.router.addListener(broken);
			this.router.addListener(this.listener);
			Subscription subscription = subscribe("a", "recorded");
			this.router.emit("recorded", 1);
			this.router.emit("other", 1);
			subscription.close();
			assertThat(this.router.snapshot().retired().handled()).isOne();
			assertThat(log.lines("Router listener failed")).hasSize(1);
		}
		assertThat(this.listener.calls).containsExactly("event+ recorded", "handler+ a", "event+ other", "handler- a");
	}

	@Test
	void whenListenerUsesTheRouterThenItDoesNotDeadlockAndCallsStayInOrder() {
		this.router.addListener(new RouterListener() {

			@Override
			public void handlerAdded(HandlerSnapshot handler) {
				if (handler.id().equals("a")) {
					subscribe("b", "y");
					RouterListenerOrderTests.this.router.emit("z", 1);
					RouterListenerOrderTests.this.router.snapshot();
				}
			}

		});
		this.router.addListener(this.listener);
		subscribe("a", "x");
		assertThat(this.listener.calls).containsExactly("event+ x", "handler+ a", "event+ y", "handler+ b", "event+ z");
	}

	@Test
	@Tag("stress")
	void whenHandlersComeAndGoOnManyThreadsThenListenersSeeEachExactlyOnceAndInOrder() throws Exception {
		this.router = this.time.router().maxEventNames(1).build();
		AtomicBoolean emitting = new AtomicBoolean(true);
		Thread emitter = new Thread(() -> {
			while (emitting.get()) {
				this.router.emit("x", 1);
				this.router.emit("y", 1);
			}
		});
		List<Thread> subscribers = new ArrayList<>();
		for (String name : List.of("x", "y")) {
			subscribers.add(new Thread(() -> {
				for (int i = 0; i < 1000; i++) {
					subscribe("same-" + name, name).close();
					this.router.subscribeOnce(name, (event, payload) -> {
					}).close();
				}
			}));
		}
		Strict strict = new Strict();
		this.router.addListener(strict);
		emitter.start();
		subscribers.forEach(Thread::start);
		List<Strict> late = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			Strict another = new Strict();
			late.add(another);
			this.router.addListener(another);
			Thread.yield();
		}
		for (Thread subscriber : subscribers) {
			subscriber.join();
		}
		emitting.set(false);
		emitter.join();
		late.add(strict);
		Books.balanced(this.router);
		Books.eventually(() -> late.stream().allMatch((each) -> each.handlers.isEmpty()));
		Set<String> events = this.router.snapshot().events().keySet();
		assertThat(late).allSatisfy((each) -> {
			assertThat(each.wrong).isEmpty();
			assertThat(each.events).containsAll(events);
			assertThat(each.overlapping.sum()).isZero();
		});
	}

	private Subscription subscribe(String id, String pattern) {
		return this.router.subscribe(HandlerSpec.on(pattern).id(id).handler((event, payload) -> {
		}).build());
	}

	private static final class Recording implements RouterListener {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		@Override
		public void handlerAdded(HandlerSnapshot handler) {
			this.calls.add("handler+ " + handler.id());
		}

		@Override
		public void handlerRemoved(HandlerSnapshot handler) {
			this.calls.add("handler- " + handler.id());
		}

		@Override
		public LongConsumer eventAdded(String event) {
			this.calls.add("event+ " + event);
			return null;
		}

		@Override
		public void eventRemoved(String event) {
			this.calls.add("event- " + event);
		}

	}

	/**
	 * Maintains a mirror of the handlers, and records notifications that do not match it.
	 */
	private static final class Strict implements RouterListener {

		private final Set<Long> handlers = ConcurrentHashMap.newKeySet();

		private final Set<Long> removed = ConcurrentHashMap.newKeySet();

		private final Set<String> events = ConcurrentHashMap.newKeySet();

		private final List<String> wrong = new CopyOnWriteArrayList<>();

		private final AtomicBoolean inside = new AtomicBoolean();

		private final LongAdder overlapping = new LongAdder();

		@Override
		public void handlerAdded(HandlerSnapshot handler) {
			note(() -> this.handlers.add(handler.number()) && !this.removed.contains(handler.number()),
					"+" + handler.id());
		}

		@Override
		public void handlerRemoved(HandlerSnapshot handler) {
			this.handlers.remove(handler.number());
			note(() -> this.removed.add(handler.number()) && handler.account().isBalanced(), "-" + handler.id());
		}

		@Override
		public LongConsumer eventAdded(String event) {
			note(() -> this.events.add(event), "+" + event);
			return null;
		}

		@Override
		public void eventRemoved(String event) {
			note(() -> this.events.remove(event), "-" + event);
		}

		private void note(BooleanSupplier expected, String call) {
			if (!this.inside.compareAndSet(false, true)) {
				this.overlapping.increment();
			}
			if (!expected.getAsBoolean()) {
				this.wrong.add(call);
			}
			this.inside.set(false);
		}

	}

}
