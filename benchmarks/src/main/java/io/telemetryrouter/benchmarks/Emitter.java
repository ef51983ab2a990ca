package io.telemetryrouter.benchmarks;

import io.telemetryrouter.TelemetryRouter;

/**
 * Delivers events to handlers: the router, a peer, or a loop by hand.
 */
@FunctionalInterface
interface Emitter extends AutoCloseable {

	void emit(String event, Object payload);

	@Override
	default void close() {
	}

	static Emitter of(TelemetryRouter router) {
		return closing(router::emit, router::close);
	}

	/** Returns an emitter with a further action on {@link #close()}. */
	static Emitter closing(Emitter emitter, Runnable close) {
		return new Emitter() {

			@Override
			public void emit(String event, Object payload) {
				emitter.emit(event, payload);
			}

			@Override
			public void close() {
				emitter.close();
				close.run();
			}

		};
	}

}
