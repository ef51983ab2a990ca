package io.telemetryrouter.spring.langchain4j;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import dev.langchain4j.service.AiServiceContext;
import dev.langchain4j.spi.services.AiServiceContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * How LangChain4j lets a library see every AI service: found by its service loader, once
 * for a class loader. An AI service is told to the application context that was last to
 * start when it is built; without one it is left alone.
 *
 * @since 0.1.0
 */
public final class TelemetryAiServiceContextFactory implements AiServiceContextFactory {

	private static final AtomicReference<@Nullable Supplier<@Nullable LangChain4jTelemetry>> telemetry = new AtomicReference<>();

	/**
	 * Creates the factory, for the service loader.
	 */
	public TelemetryAiServiceContextFactory() {
	}

	/**
	 * Observes the AI services that are built from now on.
	 * @param supplier gives what observes them
	 */
	public static void observe(Supplier<@Nullable LangChain4jTelemetry> supplier) {
		telemetry.set(supplier);
	}

	/**
	 * Ends what {@link #observe} began, unless another has taken its place.
	 * @param supplier what was given there
	 */
	public static void leave(Supplier<@Nullable LangChain4jTelemetry> supplier) {
		telemetry.compareAndSet(supplier, null);
	}

	/**
	 * Returns whether LangChain4j has found this factory, and not one of another library.
	 * @return {@code true} if AI services can be observed
	 */
	public static boolean isUsed() {
		return AiServiceContext.create(Probe.class) instanceof OpenContext;
	}

	@Override
	public AiServiceContext create(Class<?> service) {
		AiServiceContext context = new OpenContext(service);
		Supplier<@Nullable LangChain4jTelemetry> supplier = telemetry.get();
		if (supplier != null && service != Probe.class) {
			observe(context, service, supplier);
		}
		return context;
	}

	private static void observe(AiServiceContext context, Class<?> service,
			Supplier<@Nullable LangChain4jTelemetry> supplier) {
		LangChain4jTelemetry observer;
		try {
			observer = supplier.get();
		}
		catch (RuntimeException ex) {
			// The application context is closing, or cannot start, which it reports
			// itself
			return;
		}
		if (observer != null) {
			observer.observe(context, service);
		}
	}

	/** Its constructor is not open to others. */
	private static final class OpenContext extends AiServiceContext {

		OpenContext(Class<?> service) {
			super(service);
		}

	}

	/** An AI service that nobody calls. */
	private interface Probe {

	}

}
