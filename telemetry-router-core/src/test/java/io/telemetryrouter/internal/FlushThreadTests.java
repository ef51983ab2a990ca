package io.telemetryrouter.internal;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A flush whose action gets no thread.
 */
class FlushThreadTests {

	private static final Duration LIMIT = Duration.ofSeconds(30);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final AtomicInteger refusals = new AtomicInteger(1);

	private final AtomicInteger actions = new AtomicInteger();

	private Flush flush;

	@BeforeEach
	void create() throws ReflectiveOperationException {
		Field field = DefaultTelemetryRouter.class.getDeclaredField("parts");
		field.setAccessible(true);
		RouterParts parts = (RouterParts) field.get(this.router);
		this.flush = new Flush(parts.handlers, parts.held, parts.runs, (task) -> {
			if (this.refusals.getAndDecrement() > 0) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			task.run();
		}, parts.reporter);
	}

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenAnActionGetsNoThreadThenItsFlushIsNotCompleteAndTheNextOneIs() {
		this.router.subscribe(HandlerSpec.on("a")
			.id("batch")
			.async()
			.onFlush(() -> this.actions.incrementAndGet() == 1)
			.handler((event, payload) -> {
			})
			.build());
		assertThat(this.flush.all(LIMIT)).isEqualTo(new FlushResult(false, Map.of("batch", 1L)));
		assertThat(this.flush.all(LIMIT)).isEqualTo(new FlushResult(true, Map.of()));
		assertThat(this.actions).hasValue(1);
	}

}
