package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RouterBuilderTests {

	@Test
	void whenNothingIsSaidThenDefaultsAreTheDocumentedOnes() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			assertThat(router.snapshot().defaults())
				.isEqualTo(new RouterSnapshot.Defaults(1000, 0, OverflowPolicy.DROP_NEWEST));
			assertThat(router.snapshot().handlers()).isEmpty();
			assertThat(router.snapshot().events()).isEmpty();
			assertThat(router.snapshot().held()).isZero();
			assertThat(router.snapshot().retired()).isEqualTo(HandlerAccount.EMPTY);
		}
	}

	@Test
	void whenDefaultsAreSetThenSnapshotShowsThem() {
		try (TelemetryRouter router = TelemetryRouter.builder()
			.maxHandlerQueue(5)
			.defaultPriority(-7)
			.overflow(OverflowPolicy.BLOCK)
			.build()) {
			assertThat(router.snapshot().defaults())
				.isEqualTo(new RouterSnapshot.Defaults(5, -7, OverflowPolicy.BLOCK));
		}
	}

	@Test
	void whenNumberIsNotPositiveThenMessageNamesOptionAndValue() {
		assertRejected((builder) -> builder.maxHandlerQueue(0), "'maxHandlerQueue' must be positive, but is 0");
		assertRejected((builder) -> builder.maxDepth(-1), "'maxDepth' must be positive, but is -1");
		assertRejected((builder) -> builder.maxNestedEmits(0), "'maxNestedEmits' must be positive, but is 0");
		assertRejected((builder) -> builder.maxEventNames(0), "'maxEventNames' must be positive, but is 0");
		assertRejected((builder) -> builder.registrationWarningThreshold(0),
				"'registrationWarningThreshold' must be positive, but is 0");
		assertRejected((builder) -> builder.holdEvents(-1), "'limit' of held events must not be negative, but is -1");
	}

	@Test
	void whenDurationIsWrongThenMessageNamesOptionAndValue() {
		assertRejected((builder) -> builder.blockTimeout(Duration.ZERO),
				"'blockTimeout' must be positive, but is 0 ms");
		assertRejected((builder) -> builder.blockTimeout(null), "'blockTimeout' must not be null");
		assertRejected((builder) -> builder.slowThreshold(Duration.ofMillis(-5)),
				"'slowThreshold' must be positive, but is -5 ms");
		assertRejected((builder) -> builder.slowThreshold(null), "'slowThreshold' must not be null");
		assertRejected((builder) -> builder.shutdownTimeout(Duration.ofSeconds(-1)),
				"'shutdownTimeout' must not be negative, but is -1 s");
		assertRejected((builder) -> builder.shutdownTimeout(null), "'shutdownTimeout' must not be null");
		assertRejected((builder) -> builder.stuckThreshold(Duration.ofSeconds(-2)),
				"'stuckThreshold' must not be negative, but is -2 s");
		assertRejected((builder) -> builder.handlerTimeout(Duration.ofSeconds(-3)),
				"'handlerTimeout' must not be negative, but is -3 s");
	}

	@Test
	void whenPartIsNullThenMessageNamesIt() {
		assertRejected((builder) -> builder.overflow(null), "'overflow' must not be null");
		assertRejected((builder) -> builder.laneExecutor(null), "'laneExecutor' must not be null");
		assertRejected((builder) -> builder.contextCarrier(null), "'contextCarrier' must not be null");
		assertRejected((builder) -> builder.errorListener(null), "'listener' must not be null");
		assertRejected((builder) -> builder.specCustomizer(null), "'customizer' must not be null");
		assertRejected((builder) -> builder.quarantine(null), "'quarantine' must not be null");
		assertRejected((builder) -> builder.logger(null), "'logger' must not be null");
		assertRejected((builder) -> builder.clock(null), "'clock' must not be null");
		assertRejected((builder) -> builder.nanoTime(null), "'nanoTime' must not be null");
	}

	@Test
	void whenValuesAreTheSmallestThatMakeSenseThenTheyAreTaken() {
		AtomicInteger calls = new AtomicInteger();
		try (TelemetryRouter router = TelemetryRouter.builder()
			.maxHandlerQueue(1)
			.maxDepth(1)
			.maxNestedEmits(1)
			.maxEventNames(1)
			.registrationWarningThreshold(1)
			.holdEvents(0)
			.blockTimeout(Duration.ofNanos(1))
			.slowThreshold(Duration.ofNanos(1))
			.stuckThreshold(Duration.ZERO)
			.handlerTimeout(Duration.ZERO)
			.shutdownTimeout(Duration.ZERO)
			.laneExecutor(Runnable::run)
			.build()) {
			router.subscribe("x", (event, payload) -> calls.incrementAndGet());
			router.emit("x", null);
			assertThat(calls).hasValue(1);
		}
	}

	@Test
	void whenLoggerIsGivenThenLinesGoThere() {
		List<String> lines = new CopyOnWriteArrayList<>();
		System.Logger logger = new System.Logger() {

			@Override
			public String getName() {
				return "given";
			}

			@Override
			public boolean isLoggable(Level level) {
				return true;
			}

			@Override
			public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
				lines.add(level + " " + message);
			}

			@Override
			public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
				lines.add(level + " " + format);
			}

		};
		try (CapturedLog log = new CapturedLog()) {
			try (TelemetryRouter router = new ManualTime().router().logger(logger).build()) {
				router.subscribe(
						HandlerSpec.on("x").id("told apart").payloadType(Integer.class).handler((event, payload) -> {
						}).build());
				router.emit("x", "text");
			}
			assertThat(log.lines("'told apart'")).isEmpty();
		}
		assertThat(lines).satisfiesExactly((line) -> assertThat(line).startsWith("WARNING Handler 'told apart' takes"),
				(line) -> assertThat(line).startsWith("INFO Telemetry router closed"));
	}

	@Test
	void whenBuilderIsUsedAgainThenRoutersAreIndependent() {
		TelemetryRouterBuilder builder = TelemetryRouter.builder();
		try (TelemetryRouter first = builder.build()) {
			builder.maxHandlerQueue(3);
			try (TelemetryRouter second = builder.build()) {
				first.subscribe("x", (event, payload) -> {
				});
				assertThat(second.hasHandlers("x")).isFalse();
				assertThat(first.snapshot().defaults().maxHandlerQueue()).isEqualTo(1000);
				assertThat(second.snapshot().defaults().maxHandlerQueue()).isEqualTo(3);
			}
		}
	}

	private static void assertRejected(Function<TelemetryRouterBuilder, TelemetryRouterBuilder> option,
			String message) {
		assertThatIllegalArgumentException().isThrownBy(() -> option.apply(TelemetryRouter.builder()))
			.withMessage(message);
	}

}
