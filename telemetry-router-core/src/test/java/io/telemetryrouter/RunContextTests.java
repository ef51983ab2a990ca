package io.telemetryrouter;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Propagation of a run to another thread.
 */
class RunContextTests {

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
	}

	private static @Nullable String runId() {
		RunContext context = RunContext.current();
		return (context != null) ? context.runId() : null;
	}

	@Test
	void whenContextIsSetOnAnotherThreadThenThatIsInsideTheRunUntilItIsRestored() {
		try (RunScope scope = this.router.openRun("run")) {
			RunContext captured = RunContext.current();
			Books.result(CompletableFuture.runAsync(() -> {
				RunContext previous = RunContext.current();
				RunContext.set(captured);
				assertThat(runId()).isEqualTo(scope.runId());
				RunContext.restore(previous);
				assertThat(runId()).isNull();
			}));
		}
	}

	@Test
	void whenItsScopeHasClosedThenAContextStaysValid() {
		RunScope scope = this.router.openRun("run");
		RunContext captured = RunContext.current();
		scope.close();
		assertThat(runId()).isNull();
		RunContext.set(captured);
		assertThat(runId()).isEqualTo("run");
		RunContext.restore(null);
		assertThat(runId()).isNull();
	}

	@Test
	void whenContextIsSetOnItsOwnThreadThenItEndsWithItsScope() {
		RunScope outer = this.router.openRun("outer");
		RunScope inner = this.router.openRun("inner");
		RunContext captured = RunContext.current();
		RunContext.set(captured);
		assertThat(runId()).isEqualTo("inner");
		inner.close();
		assertThat(runId()).isEqualTo("outer");
		outer.close();
		assertThat(runId()).isNull();
	}

	@Test
	void whenScopeClosesMeanwhileThenItIsNotRestored() {
		RunScope outer = this.router.openRun("outer");
		RunScope inner = this.router.openRun("inner");
		RunContext previous = RunContext.current();
		RunContext.set(null);
		assertThat(runId()).isNull();
		inner.close();
		RunContext.restore(previous);
		assertThat(runId()).isEqualTo("outer");
		outer.close();
		assertThat(runId()).isNull();
	}

	@Test
	void whenAnotherThreadClosesScopeThenItsThreadHasLeftTheRunAndReleasesItAtTheNextLook() {
		RunScope outer = this.router.openRun("outer");
		WeakReference<String> id = new WeakReference<>(openAndCloseElsewhere());
		assertThat(runId()).isEqualTo("outer");
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			System.gc();
			this.router.forRun("other");
			return id.get() == null;
		});
		outer.close();
		assertThat(runId()).isNull();
	}

	private String openAndCloseElsewhere() {
		String id = new String("inner".toCharArray());
		RunScope scope = this.router.openRun(id);
		Books.result(CompletableFuture.runAsync(scope::close));
		return id;
	}

}
