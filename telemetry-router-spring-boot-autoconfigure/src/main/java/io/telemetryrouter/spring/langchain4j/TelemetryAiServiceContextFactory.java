package io.telemetryrouter.spring.langchain4j;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import dev.langchain4j.service.AiServiceContext;
import dev.langchain4j.spi.services.AiServiceContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * Observes every AI service. LangChain4j finds this factory through the
 * {@link java.util.ServiceLoader}, once for each class loader. A new AI service is
 * observed by the application context that called {@link #observe} last, or not at all
 * without one.
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
	 * @param supplier supplies the observer
	 */
	public static void observe(Supplier<@Nullable LangChain4jTelemetry> supplier) {
		telemetry.set(supplier);
	}

	/**
	 * Ends the observation of new AI services, unless another supplier was set.
	 * @param supplier the supplier passed to {@link #observe}
	 */
	public static void leave(Supplier<@Nullable LangChain4jTelemetry> supplier) {
		telemetry.compareAndSet(supplier, null);
	}

	/**
	 * Returns whether LangChain4j uses this factory, and not one of another library.
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
			// The application context is closing or fails to start
			return;
		}
		if (observer != null) {
			observer.observe(context, service);
		}
	}

	/** Makes the protected constructor accessible. */
	private static final class OpenContext extends AiServiceContext {

		OpenContext(Class<?> service) {
			super(service);
		}

	}

	/** An AI service that is never called, to find the factory in use. */
	private interface Probe {

	}

}
