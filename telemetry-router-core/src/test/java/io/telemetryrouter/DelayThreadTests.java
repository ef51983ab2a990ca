package io.telemetryrouter;

import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A closed router leaves no thread running, not even a JDK thread that was started for
 * it: such a thread retains the class loader of the application that started it. Each
 * test runs in a process of its own, because a process has one such thread.
 */
class DelayThreadTests {

	@TempDir
	private Path directory;

	/**
	 * Action of the application before it closes its router.
	 */
	enum Use {

		EMITS, OVERFLOWS, CANCELS_NEXT, AWAITS_NEXT_IN_VAIN, HAS_NEXT, CLOSES_WITH_NEXT_PENDING, BLOCKS, GIVES_CALLS_UP

	}

	@ParameterizedTest
	@EnumSource
	void whenApplicationHasClosedItsRouterThenNoThreadKeepsItsClassLoader(Use use) throws Exception {
		Path output = this.directory.resolve("output");
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
				Redeployment.class.getName(), use.name())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		try {
			assertThat(process.waitFor(2 * Books.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(process.exitValue()).isZero();
			assertThat(Files.readString(output)).contains("new threads: []", "class loader collected: true");
		}
		finally {
			process.destroyForcibly();
		}
	}

	/**
	 * Runs an application in a class loader of its own, and checks for remaining threads
	 * and references.
	 */
	static final class Redeployment {

		private Redeployment() {
		}

		public static void main(String[] arguments) throws Exception {
			Set<Thread> before = Set.copyOf(Thread.getAllStackTraces().keySet());
			WeakReference<ClassLoader> application = run(arguments[0]);
			for (int i = 0; i < 200 && !(application.refersTo(null) && threadsSince(before).isEmpty()); i++) {
				System.gc();
				// Nothing counts it down: this is how a plain program waits.
				new CountDownLatch(1).await(50, TimeUnit.MILLISECONDS);
			}
			System.out.println("new threads: " + threadsSince(before));
			System.out.println("class loader collected: " + application.refersTo(null));
		}

		private static WeakReference<ClassLoader> run(String use) throws Exception {
			List<URL> classes = new ArrayList<>();
			for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
				classes.add(url(path));
			}
			Thread thread = Thread.currentThread();
			ClassLoader own = thread.getContextClassLoader();
			URLClassLoader loader = new URLClassLoader(classes.toArray(URL[]::new),
					ClassLoader.getPlatformClassLoader());
			thread.setContextClassLoader(loader);
			try {
				Class<?> application = loader.loadClass(Application.class.getName());
				application.getMethod("main", String[].class).invoke(null, (Object) new String[] { use });
			}
			finally {
				thread.setContextClassLoader(own);
				loader.close();
			}
			return new WeakReference<>(loader);
		}

		private static URL url(String path) throws MalformedURLException {
			return Path.of(path).toUri().toURL();
		}

		private static Set<String> threadsSince(Set<Thread> before) {
			return Thread.getAllStackTraces()
				.keySet()
				.stream()
				.filter((thread) -> !before.contains(thread))
				// The JVM's own have none.
				.filter((thread) -> thread.getContextClassLoader() != null)
				.map(Thread::getName)
				.collect(Collectors.toSet());
		}

	}

	/**
	 * An application that uses a router.
	 */
	public static final class Application {

		private Application() {
		}

		public static void main(String[] arguments) throws Exception {
			Use use = Use.valueOf(arguments[0]);
			TelemetryRouterBuilder builder = TelemetryRouter.builder()
				.logger(new Silence())
				.blockTimeout(Duration.ofMillis(1))
				.shutdownTimeout(Books.LIMIT);
			if (use == Use.GIVES_CALLS_UP) {
				builder.handlerTimeout(Duration.ofMillis(1));
			}
			try (TelemetryRouter router = builder.build()) {
				use(router, use);
			}
		}

		private static void use(TelemetryRouter router, Use use) throws Exception {
			CountDownLatch hung = new CountDownLatch(1);
			router.subscribe(HandlerSpec.on("event")
				.async()
				.maxQueue(1)
				.overflow((use == Use.BLOCKS) ? OverflowPolicy.BLOCK : OverflowPolicy.DROP_NEWEST)
				.handler((event, payload) -> hung.await())
				.build());
			switch (use) {
				case OVERFLOWS, BLOCKS -> {
					for (int i = 0; i < 5; i++) {
						router.emit("event", i);
					}
				}
				case GIVES_CALLS_UP -> router.emitAsync("event", 1).get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS);
				case CANCELS_NEXT -> next(router, Duration.ofDays(1)).cancel(false);
				case CLOSES_WITH_NEXT_PENDING -> next(router, Duration.ofDays(1));
				case AWAITS_NEXT_IN_VAIN -> assertThat(next(router, Duration.ofMillis(1)).handle((event, ex) -> ex)
					.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS)).isNotNull();
				case HAS_NEXT -> {
					CompletableFuture<TelemetryEvent<?>> next = next(router, Duration.ofDays(1));
					router.emit("other", 1);
					next.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS);
				}
				default -> Arrays.asList(1, 2, 3).forEach((payload) -> router.emit("other", payload));
			}
			hung.countDown();
			assertThat(router.flush(Books.LIMIT).complete()).isTrue();
		}

		private static CompletableFuture<TelemetryEvent<?>> next(TelemetryRouter router, Duration timeout) {
			return router.next("other", (event) -> true, timeout);
		}

	}

}
