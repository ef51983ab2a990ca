package io.telemetryrouter.benchmarks.isolation;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;

/**
 * The router with its defaults.
 */
final class Router implements Contender {

	private final TelemetryRouter router;

	private final HandlerMode mode;

	Router(boolean async, Fault fault) {
		this.mode = async ? HandlerMode.ASYNC : HandlerMode.SYNC;
		TelemetryRouterBuilder builder = TelemetryRouter.builder().shutdownTimeout(Duration.ofMillis(100));
		if (fault == Fault.ERROR_HANDLER) {
			builder.errorListener((failure) -> {
				throw fault.failure();
			});
		}
		if (fault == Fault.CONTEXT) {
			builder.contextCarrier(new BrokenCarrier(fault));
		}
		this.router = builder.build();
	}

	@Override
	public Runnable subscribe(String id, Handler handler) {
		return this.router.subscribe(spec(id, handler).build())::close;
	}

	@Override
	public void subscribe(String id, Predicate<Event> condition, Handler handler) {
		this.router.subscribe(spec(id, handler).condition((event) -> condition.test((Event) event.payload())).build());
	}

	private HandlerSpec.Builder<Object> spec(String id, Handler handler) {
		return HandlerSpec.on("**")
			.id(id)
			.mode(this.mode)
			.handler((name, payload) -> handler.<RuntimeException>call((Event) payload));
	}

	@Override
	public void publish(String name, Event event) {
		this.router.emit(name, event);
	}

	@Override
	public boolean isNamed() {
		return true;
	}

	@Override
	public TelemetryRouter router() {
		return this.router;
	}

	@Override
	public void shutDown() {
		this.router.close();
	}

	@Override
	public @Nullable String audit(String... done) {
		RouterSnapshot snapshot = this.router.snapshot();
		if (snapshot.events().size() > snapshot.handlers().size() + 10_001) {
			return "keeps " + snapshot.events().size() + " names";
		}
		if (!snapshot.retired().isBalanced()) {
			return "retired: " + snapshot.retired();
		}
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			if (!handler.account().isBalanced()) {
				return handler.id() + ": " + handler.account();
			}
		}
		for (String id : done) {
			if (!isQuiet(account(id))) {
				return id + " is not done: " + account(id);
			}
		}
		return null;
	}

	@Override
	public boolean isQuiet() {
		return this.router.snapshot().handlers().values().stream().allMatch((handler) -> isQuiet(handler.account()));
	}

	private static boolean isQuiet(HandlerAccount account) {
		return account.queued() + account.running() == 0;
	}

	@Override
	public long lost(String id) {
		HandlerAccount account = account(id);
		return account.failed() + account.filtered() + account.droppedTotal();
	}

	private HandlerAccount account(String id) {
		HandlerSnapshot handler = this.router.handlerSnapshot(id);
		return (handler != null) ? handler.account() : HandlerAccount.EMPTY;
	}

	@Override
	public void close() {
		this.router.close();
	}

	/** Throws in turn on capture, on restore and on the close of the scope. */
	private static final class BrokenCarrier implements ContextCarrier {

		private final Fault fault;

		private final AtomicInteger captures = new AtomicInteger();

		BrokenCarrier(Fault fault) {
			this.fault = fault;
		}

		@Override
		public Object capture() {
			int turn = this.captures.incrementAndGet() % 3;
			if (turn == 0) {
				throw this.fault.failure();
			}
			return turn;
		}

		@Override
		public Scope restore(Object context) {
			if (context.equals(1)) {
				throw this.fault.failure();
			}
			return () -> {
				throw this.fault.failure();
			};
		}

	}

}
