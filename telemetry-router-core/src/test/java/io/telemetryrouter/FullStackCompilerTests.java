package io.telemetryrouter;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Emitters with an exhausted stack, in processes whose compiler inlines little or
 * nothing. Each call then needs stack of its own, and can fail where the code of the
 * usual compiler has none.
 */
class FullStackCompilerTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@CsvSource({ "-XX:TieredStopAtLevel=1, false", "-XX:TieredStopAtLevel=1, true", "-Xint, false", "-Xint, true" })
	void whenCallersHaveNextToNoStackLeftThenEachEventIsCountedOnce(String compiler, boolean conditions)
			throws Exception {
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx128m", compiler, "-cp", System.getProperty("java.class.path"), Emitters.class.getName(),
				String.valueOf(conditions))
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(4 * Books.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(Files.readString(output)).contains("balanced");
			assertThat(process.exitValue()).isZero();
		}
		finally {
			process.destroyForcibly();
		}
	}

	/** Emits at the bottom of the stacks of several threads. */
	static final class Emitters {

		private Emitters() {
		}

		public static void main(String[] arguments) throws Exception {
			boolean conditions = Boolean.parseBoolean(arguments[0]);
			for (int i = 0; i < 4; i++) {
				List<CompletableFuture<EmitOutcome>> futures = new ArrayList<>();
				try (TelemetryRouter router = TelemetryRouter.builder()
					.maxHandlerQueue(16)
					.logger(new Silence())
					.build()) {
					subscribe(router, conditions);
					for (int j = 0; j < 500; j++) {
						router.emit("event", j);
						router.emitAsync("event", j);
					}
					Thread caller = new Thread(null, () -> emitAtTheBottom(router, futures), "caller",
							300_000 + i * 37_000L);
					caller.start();
					caller.join();
					router.emit("last", null);
					Books.balanced(router);
				}
				for (CompletableFuture<EmitOutcome> future : futures) {
					future.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS);
				}
			}
			System.out.println("balanced");
		}

		private static void subscribe(TelemetryRouter router, boolean conditions) {
			for (HandlerMode mode : HandlerMode.values()) {
				for (int i = 0; i < 3; i++) {
					HandlerSpec.Builder<Object> handler = HandlerSpec.on("**").mode(mode).handler((name, payload) -> {
					}).gaps(mode == HandlerMode.ASYNC);
					if (conditions) {
						int kind = i;
						handler.condition((event) -> kind != 0 || failed());
					}
					router.subscribe(handler.build());
				}
			}
		}

		private static boolean failed() {
			throw new IllegalStateException("on purpose");
		}

		@SuppressWarnings("InfiniteRecursion")
		private static void emitAtTheBottom(TelemetryRouter router, List<CompletableFuture<EmitOutcome>> futures) {
			try {
				emitAtTheBottom(router, futures);
			}
			catch (StackOverflowError ex) {
				// The bottom
			}
			if (futures.size() < 300) {
				router.emit("event", futures);
				futures.add(router.emitAsync("event", futures));
			}
		}

	}

}
