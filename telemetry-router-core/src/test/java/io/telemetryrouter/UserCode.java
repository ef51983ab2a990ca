package io.telemetryrouter;

import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

/**
 * The places where the router calls the user's code.
 */
enum UserCode {

	SYNC_HANDLER {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe("event", (name, payload) -> block.run());
		}

	},

	ASYNC_HANDLER {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> block.run()).build());
		}

	},

	CONDITION {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe(HandlerSpec.on("event").condition((event) -> {
				block.run();
				return false;
			}).handler((name, payload) -> {
			}).build());
		}

	},

	ERROR_LISTENER {

		@Override
		void configure(TelemetryRouterBuilder builder, Runnable block) {
			builder.errorListener((failure) -> block.run());
		}

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe("event", (name, payload) -> {
				throw new Exception("bad");
			});
		}

	},

	CAPTURE {

		@Override
		void configure(TelemetryRouterBuilder builder, Runnable block) {
			builder.contextCarrier(new BlockingCarrier(block, () -> {
			}));
		}

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
			}).build());
		}

	},

	RESTORE {

		@Override
		void configure(TelemetryRouterBuilder builder, Runnable block) {
			builder.contextCarrier(new BlockingCarrier(() -> {
			}, block));
		}

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
			}).build());
		}

	},

	LISTENER_OF_HANDLERS {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.addListener(new RouterListener() {

				@Override
				public void handlerAdded(HandlerSnapshot handler) {
					block.run();
				}

			});
		}

		@Override
		void run(TelemetryRouter router, Runnable block) {
			router.subscribe("event", (name, payload) -> {
			});
		}

	},

	LISTENER_OF_REMOVALS {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.addListener(new RouterListener() {

				@Override
				public void handlerRemoved(HandlerSnapshot handler) {
					block.run();
				}

			});
		}

		@Override
		void run(TelemetryRouter router, Runnable block) {
			router.subscribe("event", (name, payload) -> {
			}).close();
		}

	},

	LISTENER_OF_EVENTS {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.addListener(new RouterListener() {

				@Override
				public @Nullable LongConsumer eventAdded(String event) {
					block.run();
					return null;
				}

			});
		}

	},

	RECORDER {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.addListener(new RouterListener() {

				@Override
				public LongConsumer eventAdded(String event) {
					return (nanos) -> block.run();
				}

			});
			router.subscribe("event", (name, payload) -> {
			});
		}

	},

	CUSTOMIZER {

		@Override
		void configure(TelemetryRouterBuilder builder, Runnable block) {
			builder.specCustomizer((spec) -> {
				block.run();
				return spec;
			});
		}

		@Override
		void run(TelemetryRouter router, Runnable block) {
			router.subscribe("event", (name, payload) -> {
			});
		}

	},

	LANE_EXECUTOR {

		@Override
		void configure(TelemetryRouterBuilder builder, Runnable block) {
			builder.laneExecutor((task) -> {
				block.run();
				new Thread(task).start();
			});
		}

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
			}).build());
		}

	},

	CLOCK {

		@Override
		void configure(TelemetryRouterBuilder builder, Runnable block) {
			builder.nanoTime(() -> {
				block.run();
				return System.nanoTime();
			});
		}

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe("event", (name, payload) -> {
			});
		}

	},

	DEPENDENT {

		@Override
		void register(TelemetryRouter router, Runnable block) {
			router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
			}).build());
		}

		@Override
		void run(TelemetryRouter router, Runnable block) {
			router.emitAsync("event", null).thenRun(block);
		}

	};

	void configure(TelemetryRouterBuilder builder, Runnable block) {
	}

	void register(TelemetryRouter router, Runnable block) {
	}

	void run(TelemetryRouter router, Runnable block) {
		router.emit("event", null);
	}

	private record BlockingCarrier(Runnable onCapture, Runnable onRestore) implements ContextCarrier {

		@Override
		public Object capture() {
			this.onCapture.run();
			return "context";
		}

		@Override
		public Scope restore(Object context) {
			this.onRestore.run();
			return this.onRestore::run;
		}

	}

}
