package io.telemetryrouter.spring.shutdown;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.context.TelemetryRouterContextPropagationAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;

/**
 * Runs an application in a class loader of its own for {@link ClassLoaderLeakTests}: it
 * emits on a thread that outlives it, is closed on another thread, and must then be
 * garbage-collected.
 */
final class Redeployment {

	private Redeployment() {
	}

	public static void main(String[] args) throws Exception {
		ExecutorService emitter = Executors.newSingleThreadExecutor();
		WeakReference<ClassLoader> classLoader = runAndClose(args[0], emitter);
		Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
			System.gc();
			return classLoader.get() == null;
		});
		System.out.println("collected");
		emitter.shutdown();
	}

	private static WeakReference<ClassLoader> runAndClose(String ownClasses, ExecutorService emitter) throws Exception {
		ClassLoader classLoader = new ThrowAwayClassLoader(ownClasses);
		Callable<?> start = (Callable<?>) classLoader.loadClass(Start.class.getName())
			.getDeclaredConstructor()
			.newInstance();
		Runnable close = (Runnable) emitter.submit(start).get(1, TimeUnit.MINUTES);
		Thread closer = new Thread(close);
		closer.start();
		closer.join();
		return new WeakReference<>(classLoader);
	}

	/**
	 * Starts the application, emits, and returns an action that closes it.
	 */
	public static class Start implements Callable<Runnable> {

		@Override
		public Runnable call() throws Exception {
			ClassLoader before = Thread.currentThread().getContextClassLoader();
			Thread.currentThread().setContextClassLoader(getClass().getClassLoader());
			try {
				ConfigurableApplicationContext context = new AnnotationConfigApplicationContext(Application.class);
				TelemetryRouter router = context.getBean(TelemetryRouter.class);
				for (int i = 0; i < 100; i++) {
					router.emitAsync("x", "payload").get(1, TimeUnit.MINUTES);
				}
				System.out.println("handled " + context.getBean(Application.class).calls);
				return context::close;
			}
			finally {
				Thread.currentThread().setContextClassLoader(before);
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TelemetryRouterAutoConfiguration.class,
			TelemetryRouterContextPropagationAutoConfiguration.class, MetricsAutoConfiguration.class,
			SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class,
			TelemetryRouterMetricsAutoConfiguration.class })
	public static class Application {

		private int calls;

		@TelemetryListener(events = "x", async = true, condition = "payload != null")
		void onQueued() {
		}

		@TelemetryListener("x")
		void onEmit() {
			this.calls++;
		}

	}

	/**
	 * Loads some classes itself and delegates all others to its parent.
	 */
	private static final class ThrowAwayClassLoader extends ClassLoader {

		private final String ownClasses;

		ThrowAwayClassLoader(String ownClasses) {
			super(Redeployment.class.getClassLoader());
			this.ownClasses = ownClasses;
		}

		@Override
		protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
			synchronized (getClassLoadingLock(name)) {
				Class<?> loaded = findLoadedClass(name);
				if (loaded == null) {
					loaded = name.startsWith(this.ownClasses) ? define(name) : super.loadClass(name, resolve);
				}
				return loaded;
			}
		}

		private Class<?> define(String name) throws ClassNotFoundException {
			try (InputStream stream = getResourceAsStream(name.replace('.', '/') + ".class")) {
				if (stream == null) {
					throw new ClassNotFoundException(name);
				}
				byte[] bytes = stream.readAllBytes();
				return defineClass(name, bytes, 0, bytes.length);
			}
			catch (IOException ex) {
				throw new ClassNotFoundException(name, ex);
			}
		}

	}

}
