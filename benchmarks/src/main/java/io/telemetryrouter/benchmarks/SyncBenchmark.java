package io.telemetryrouter.benchmarks;

import java.util.List;
import java.util.Map;

import com.google.common.eventbus.EventBus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import net.engio.mbassy.bus.SyncMessageBus;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import reactor.core.publisher.Sinks;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.metrics.TelemetryRouterMetrics;

/**
 * One emit on one hot route of synchronous handlers: by hand, by the router on routes of
 * every kind and with meters, and by peers in their fastest usual configuration. Peers
 * have a Micrometer timer around each handler when measuring.
 */
public class SyncBenchmark extends AbstractBenchmark {

	/**
	 * The contender. Those of the router are named after the kind of route or the
	 * addition.
	 */
	@Param({ "hand", "exact", "pattern", "all", "listener", "prometheus", "reactor", "greenrobot", "mbassador", "guava",
			"spring" })
	public String by;

	@Param({ "1", "8" })
	public int handlers;

	@Param({ "off", "on" })
	public String measuring;

	private final String event = Usage.EVENT;

	/**
	 * Calls all classes of handlers before the measurement, so that the call sites of
	 * every contender are megamorphic, even with one handler.
	 */
	@Setup
	public void setUp() {
		try (Emitter polluting = create(Observer.CLASSES)) {
			for (int i = 0; i < 20_000; i++) {
				polluting.emit(this.event, this.payload);
			}
		}
		this.emitter = create(this.handlers);
	}

	@Benchmark
	public void emit() {
		this.emitter.emit(this.event, this.payload);
	}

	private Emitter create(int count) {
		return switch (this.by) {
			case "hand" ->
				new ByHand().subscribe(this.event, Observer.reading(count)).emitter(this.measuring.equals("on"));
			case "exact" -> Emitter.of(router(this.event, count));
			case "pattern" -> Emitter.of(router("agent.*.execution", count));
			case "all" -> Emitter.of(router("**", count));
			case "listener" -> listener(count);
			case "prometheus" -> metered(count);
			case "reactor" -> reactor(count);
			case "greenrobot" -> greenrobot(count);
			case "mbassador" -> mbassador(count);
			case "guava" -> guava(count);
			case "spring" -> spring(count);
			default -> throw new IllegalArgumentException(this.by);
		};
	}

	private TelemetryRouter router(String pattern, int count) {
		TelemetryRouter router = Routes.builder(this.measuring).build();
		Observer.reading(count).forEach((observer) -> router.subscribe(pattern, observer.lambda()));
		return router;
	}

	private Emitter metered(int count) {
		TelemetryRouter router = router(this.event, count);
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		new TelemetryRouterMetrics(router, 100).bindTo(registry);
		return Emitter.closing(router::emit, () -> {
			if (!registry.scrape().contains("event=\"" + this.event + "\"")) {
				throw new IllegalStateException("Not bound");
			}
			router.close();
			registry.close();
		});
	}

	private Emitter listener(int count) {
		AnnotationConfigApplicationContext context = context(Observer.reading(count),
				TelemetryRouterAutoConfiguration.class);
		TelemetryRouter router = context.getBean(TelemetryRouter.class);
		if (router.snapshot().handlers().size() != count) {
			throw new IllegalStateException(router.snapshot().handlers().size() + " handlers instead of " + count);
		}
		return Emitter.closing(router::emit, context::close);
	}

	private Emitter spring(int count) {
		AnnotationConfigApplicationContext context = context(observers(count));
		return Emitter.closing((event, payload) -> context.publishEvent(payload), context::close);
	}

	private AnnotationConfigApplicationContext context(List<Observer> observers, Class<?>... components) {
		AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
		context.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("benchmark", Map.of("telemetry-router.measure-latency",
					this.measuring.equals("on"), "telemetry-router.slow-threshold", "1h")));
		if (components.length != 0) {
			context.register(components);
		}
		for (int i = 0; i < observers.size(); i++) {
			context.getBeanFactory().registerSingleton("observer" + i, observers.get(i));
		}
		context.refresh();
		return context;
	}

	private List<Observer> observers(int count) {
		return this.measuring.equals("on") ? Observer.timed(count, new SimpleMeterRegistry()) : Observer.reading(count);
	}

	private Emitter reactor(int count) {
		Sinks.Many<Usage> sink = Sinks.many().multicast().directBestEffort();
		observers(count).forEach((observer) -> sink.asFlux().subscribe(observer.consumer()));
		return (event, payload) -> sink.tryEmitNext((Usage) payload);
	}

	private Emitter greenrobot(int count) {
		var bus = org.greenrobot.eventbus.EventBus.builder().eventInheritance(false).build();
		observers(count).forEach(bus::register);
		return (event, payload) -> bus.post(payload);
	}

	private Emitter mbassador(int count) {
		SyncMessageBus<Object> bus = new SyncMessageBus<>((error) -> {
			throw new IllegalStateException(error.getMessage(), error.getCause());
		});
		observers(count).forEach(bus::subscribe);
		return (event, payload) -> bus.publish(payload);
	}

	private Emitter guava(int count) {
		EventBus bus = new EventBus();
		observers(count).forEach(bus::register);
		return (event, payload) -> bus.post(payload);
	}

}
