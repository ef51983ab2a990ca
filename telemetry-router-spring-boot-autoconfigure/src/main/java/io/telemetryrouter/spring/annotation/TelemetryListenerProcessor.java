package io.telemetryrouter.spring.annotation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.DefaultSingletonBeanRegistry;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.Assert;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

/**
 * Registers {@link TelemetryListener @TelemetryListener} methods with a router once all
 * singletons exist, and then {@linkplain TelemetryRouter#start() starts} the router.
 * <p>
 * The search for methods creates no bean. The methods of a lazy bean are found on its
 * declared type, so declare {@code @Bean} methods with the concrete type. A lazy bean is
 * created by its first event and then kept. A scoped bean without proxy, prototypes
 * included, is looked up for every event. If its scope is not active on the handler's
 * thread, the call counts as failed.
 * <p>
 * Beans of a parent context are registered by that context's processor, or by this one if
 * it has none. If several contexts share the router of their parent and an id is already
 * taken by another context, a number is appended: {@code audit#2}. A handler is removed
 * when its bean is destroyed, and all are removed with the processor.
 *
 * @since 0.1.0
 */
public final class TelemetryListenerProcessor implements SmartInitializingSingleton, BeanFactoryAware, DisposableBean {

	private static final Log logger = LogFactory.getLog(TelemetryListenerProcessor.class);

	private final Supplier<TelemetryRouter> router;

	private final Supplier<? extends Collection<EventType<?>>> contracts;

	private final Map<String, ListenerMethod> methodsById = new HashMap<>();

	private final ErasedPayloads erasedPayloads = new ErasedPayloads();

	private final List<Registration> registrations = new ArrayList<>();

	private @Nullable ConfigurableListableBeanFactory beanFactory;

	/**
	 * Creates a processor.
	 * @param router supplies the router, once all singletons exist
	 */
	public TelemetryListenerProcessor(Supplier<TelemetryRouter> router) {
		this(router, List::of);
	}

	/**
	 * Creates a processor that rejects methods whose payload type does not match the
	 * contract of their event.
	 * @param router supplies the router, once all singletons exist
	 * @param contracts supplies the contracts, once all singletons exist
	 */
	public TelemetryListenerProcessor(Supplier<TelemetryRouter> router,
			Supplier<? extends Collection<EventType<?>>> contracts) {
		this.router = router;
		this.contracts = contracts;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		Assert.isInstanceOf(ConfigurableListableBeanFactory.class, beanFactory);
		this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
	}

	@Override
	public void afterSingletonsInstantiated() {
		TelemetryRouter router = this.router.get();
		ConfigurableListableBeanFactory own = this.beanFactory;
		Assert.state(own != null, "No BeanFactory set");
		ConfigurableListableBeanFactory beanFactory = own;
		do {
			registerAll(beanFactory, router);
			beanFactory = parent(beanFactory);
		}
		while (beanFactory != null
				&& beanFactory.getBeanNamesForType(TelemetryListenerProcessor.class, true, false).length == 0);
		watch(own);
		start(router);
	}

	private void start(TelemetryRouter router) {
		try {
			router.start();
		}
		catch (IllegalStateException ex) {
			String message = String.valueOf(ex.getMessage());
			this.methodsById.forEach((id, method) -> {
				if (message.startsWith("Handler '" + id + "' has overflow policy SPILL")) {
					throw method.failure(
							"Its overflow policy SPILL continues from the journal, and the router has none.",
							"Set 'telemetry-router.journal.enabled' to 'true', or choose another overflow policy where it is"
									+ " set: in the annotation, in 'telemetry-router.handlers." + id
									+ ".overflow' or in 'telemetry-router.overflow'.",
							ex);
				}
			});
			throw ex;
		}
	}

	private void watch(ConfigurableListableBeanFactory beanFactory) {
		Set<String> searched = new HashSet<>(Arrays.asList(beanFactory.getBeanNamesForType(Object.class)));
		beanFactory.addBeanPostProcessor(new LateListeners(searched, List.copyOf(this.methodsById.values())));
	}

	private static @Nullable ConfigurableListableBeanFactory parent(HierarchicalBeanFactory beanFactory) {
		BeanFactory parent = beanFactory.getParentBeanFactory();
		if (parent instanceof ConfigurableApplicationContext context) {
			parent = context.getBeanFactory();
		}
		return (parent instanceof ConfigurableListableBeanFactory factory) ? factory : null;
	}

	private void registerAll(ConfigurableListableBeanFactory beanFactory, TelemetryRouter router) {
		ListenerFinder finder = new ListenerFinder(beanFactory);
		ListenerSpecFactory specs = new ListenerSpecFactory(beanFactory);
		// The bean factory caches the result of this call, which Spring has made already
		for (String beanName : beanFactory.getBeanNamesForType(Object.class)) {
			List<ListenerMethod> methods = finder.find(beanName);
			if (!methods.isEmpty()) {
				register(new Registration(beanFactory, beanName), router, specs, methods);
			}
		}
	}

	private void register(Registration registration, TelemetryRouter router, ListenerSpecFactory specs,
			List<ListenerMethod> methods) {
		this.registrations.add(registration);
		registration.register();
		for (ListenerMethod method : methods) {
			HandlerSpec<?> spec = create(registration, specs, method);
			if (spec != null) {
				registration.add(subscribe(registration, router, method, spec));
			}
		}
		if (logger.isDebugEnabled()) {
			logger.debug(methods.size() + " @TelemetryListener methods of bean '" + registration.beanName
					+ "' registered: " + methods.stream().map(ListenerMethod::method).toList());
		}
	}

	/**
	 * Creates the handler of a method. If a class of the method's signature is missing,
	 * the start fails if the bean exists; otherwise the method is left out.
	 */
	private @Nullable HandlerSpec<?> create(Registration registration, ListenerSpecFactory specs,
			ListenerMethod method) {
		try {
			HandlerSpec<?> spec = specs.create(method);
			this.erasedPayloads.check(method, spec);
			checkContracts(method, spec);
			return spec;
		}
		catch (TypeNotPresentException | LinkageError ex) {
			TelemetryListenerDefinitionException failure = method.failure("It cannot be read: " + ex + ".",
					"Add the missing class to the class path.", ex);
			if (registration.isOfExistingBean()) {
				throw failure;
			}
			logger.warn(failure.getMessage());
			return null;
		}
	}

	/** A handler of all events with a payload type cannot receive another type. */
	private void checkContracts(ListenerMethod method, HandlerSpec<?> spec) {
		if (spec.payloadType() == Object.class || spec.isAnyEvent()) {
			return;
		}
		for (EventType<?> contract : this.contracts.get()) {
			if (!spec.payloadType().isAssignableFrom(contract.payloadType())
					&& spec.patterns().stream().anyMatch((pattern) -> pattern.matches(contract.name()))) {
				throw method.failure(
						"It takes payloads of type '" + spec.payloadType().getName() + "', but the contract of event '"
								+ contract.name() + "', which reaches it, is version " + contract.version() + " with '"
								+ contract.payloadType().getName() + "'.",
						"Take that type or a supertype, listen to other events, or correct the contract.");
			}
		}
	}

	private @Nullable Subscription subscribe(Registration registration, TelemetryRouter router, ListenerMethod method,
			HandlerSpec<?> spec) {
		String id = String.valueOf(spec.id());
		ListenerMethod other = this.methodsById.putIfAbsent(id, method);
		if (other != null) {
			throw method.failure("Its id '" + id + "' is also that of method '" + other.method() + "' of bean '"
					+ other.beanName() + "'.", "Set a different id with @TelemetryListener(id = ...).");
		}
		try {
			return router.subscribe(spec);
		}
		catch (IllegalArgumentException ex) {
			if (router.handlerSnapshot(id) == null) {
				throw method.failure("The router does not accept it: " + ex.getMessage() + ".",
						"Change the method, or the HandlerSpecCustomizer that the cause shows.", ex);
			}
			if (isOwnRouter()) {
				throw method.failure(ex.getMessage() + ".", "Set a different id with @TelemetryListener(id = ...).",
						ex);
			}
			return registration.isOf(this.beanFactory) ? subscribeNumbered(router, method, spec) : null;
		}
		catch (IllegalStateException ex) {
			throw method.failure("The router does not accept it: " + ex.getMessage() + ".",
					"Change the method, or what 'telemetry-router.handlers." + id
							+ "' or 'telemetry-router.overflow' says about it.",
					ex);
		}
	}

	private boolean isOwnRouter() {
		return this.beanFactory == null || this.beanFactory.getBeanNamesForType(TelemetryRouter.class).length > 0;
	}

	/**
	 * Subscribes a handler whose id is taken by another context that shares the router of
	 * a common parent.
	 */
	private Subscription subscribeNumbered(TelemetryRouter router, ListenerMethod method, HandlerSpec<?> spec) {
		for (int number = 2;; number++) {
			String id = spec.id() + "#" + number;
			try {
				Subscription subscription = router.subscribe(spec.mutate().id(id).build());
				logger.info("Handler id '" + spec.id()
						+ "' is used by another context that shares the TelemetryRouter of the parent context: method '"
						+ method.method() + "' of bean '" + method.beanName() + "' is handler '" + id + "'");
				return subscription;
			}
			catch (IllegalArgumentException ex) {
				if (router.handlerSnapshot(id) == null) {
					throw ex;
				}
			}
		}
	}

	@Override
	public void destroy() {
		this.registrations.forEach(Registration::remove);
		this.registrations.clear();
	}

	/**
	 * The subscriptions of one bean. Registered with the bean factory as a bean that
	 * depends on the listener's bean, since dependent beans are destroyed first. Unlike a
	 * {@code DestructionAwareBeanPostProcessor}, it is not called for other beans and
	 * does not require that the bean exists.
	 */
	private static final class Registration implements DisposableBean {

		private final ConfigurableListableBeanFactory beanFactory;

		private final String beanName;

		private final String name;

		private final List<Subscription> subscriptions = new ArrayList<>();

		Registration(ConfigurableListableBeanFactory beanFactory, String beanName) {
			this.beanFactory = beanFactory;
			this.beanName = beanName;
			this.name = getClass().getName() + "#" + beanName + "@"
					+ Integer.toHexString(System.identityHashCode(this));
		}

		boolean isOf(@Nullable ConfigurableListableBeanFactory beanFactory) {
			return this.beanFactory == beanFactory;
		}

		boolean isOfExistingBean() {
			return ListenerCall.existingSingleton(this.beanName, this.beanFactory) != null;
		}

		void register() {
			if (this.beanFactory instanceof DefaultSingletonBeanRegistry registry) {
				registry.registerDisposableBean(this.name, this);
				registry.registerDependentBean(this.beanName, this.name);
			}
		}

		void add(@Nullable Subscription subscription) {
			// null if another context registered the bean, or if the router is a mock
			if (subscription != null) {
				this.subscriptions.add(subscription);
			}
		}

		void remove() {
			if (this.beanFactory instanceof DefaultSingletonBeanRegistry registry) {
				registry.destroySingleton(this.name);
			}
			destroy();
		}

		@Override
		public void destroy() {
			this.subscriptions.forEach(Subscription::close);
		}

	}

}
