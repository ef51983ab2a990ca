package io.telemetryrouter.internal.health;

import java.lang.System.Logger.Level;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.ContextCarrier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lines are written in the context of the thread that reports.
 */
class LogContextTests extends RecordedLog {

	@Test
	void whenThreadThatReportsHasContextThenTheLineIsWrittenInItAndTheNextIsNot() {
		Carrier carrier = new Carrier();
		LogWriter contextual = new LogWriter(this.log, carrier);
		this.log.context = carrier.context;
		this.log.hang();
		carrier.context.set("first context");
		contextual.write(Level.INFO, "first", null);
		carrier.context.set("second context");
		contextual.write(Level.INFO, "second", null);
		contextual.writeWithoutContext(Level.INFO, "third", null);
		carrier.context.remove();
		this.log.open.countDown();
		contextual.flush(LONG);
		assertThat(this.log.lines).containsExactly("INFO first [first context]", "INFO second [second context]",
				"INFO third");
	}

	@Test
	void whenCarrierFailsThenTheLineIsWrittenAllTheSame() {
		for (String failing : List.of("capture", "restore", "close")) {
			Carrier carrier = new Carrier();
			carrier.failing = failing;
			carrier.context.set("context");
			LogWriter contextual = new LogWriter(this.log, carrier);
			contextual.write(Level.INFO, failing, null);
			contextual.write(Level.INFO, failing, null);
			contextual.flush(LONG);
			carrier.context.remove();
			assertThat(this.log.lines).containsExactly("INFO " + failing, "INFO " + failing);
			this.log.lines.clear();
		}
	}

	/**
	 * A context that is a text.
	 */
	private static final class Carrier implements ContextCarrier {

		private final ThreadLocal<@Nullable String> context = new ThreadLocal<>();

		private String failing = "";

		private void fail(String step) {
			if (step.equals(this.failing)) {
				throw new IllegalStateException("on purpose");
			}
		}

		@Override
		public @Nullable Object capture() {
			fail("capture");
			return this.context.get();
		}

		@Override
		public Scope restore(Object captured) {
			fail("restore");
			this.context.set((String) captured);
			return () -> {
				this.context.remove();
				fail("close");
			};
		}

	}

}
