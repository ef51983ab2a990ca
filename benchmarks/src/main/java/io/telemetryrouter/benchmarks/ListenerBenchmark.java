package io.telemetryrouter.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.MapPropertySource;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.benchmarks.Observers.Observer;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

/**
 * The router of a Spring application with {@code @TelemetryListener} methods, beside
 * typed lambdas on the same router.
 *
 * @since 0.1.0
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class ListenerBenchmark {

	private static final EventType<Usage> TYPE = EventType.of(Usage.class);

	@Param({ "1", "8" })
	public int handlers;

	@Param({ "off", "on" })
	public String measuring;

	@Param({ "lambda", "listener" })
	public String kind;

	private final Usage payload = Usage.sample();

	private final String event = Usage.EVENT;

	private AnnotationConfigApplicationContext polluting;

	private AnnotationConfigApplicationContext context;

	private TelemetryRouter router;

	/**
	 * Prepares the contexts.
	 */
	@Setup
	public void setUp() {
		this.polluting = create(Observers.CLASSES);
		TelemetryRouter polluted = this.polluting.getBean(TelemetryRouter.class);
		Pollution.run(() -> polluted.emit(this.event, this.payload));
		this.context = create(this.handlers);
		this.router = this.context.getBean(TelemetryRouter.class);
	}

	/**
	 * Closes the contexts.
	 */
	@TearDown
	public void tearDown() {
		this.context.close();
		this.polluting.close();
	}

	@Benchmark
	public void emit() {
		this.router.emit(this.event, this.payload);
	}

	private AnnotationConfigApplicationContext create(int count) {
		AnnotationConfigApplicationContext created = new AnnotationConfigApplicationContext();
		created.getEnvironment()
			.getPropertySources()
			.addFirst(new MapPropertySource("benchmark", Map.of("telemetry-router.measure-latency",
					this.measuring.equals("on"), "telemetry-router.slow-threshold", "1h")));
		created.register(TelemetryRouterAutoConfiguration.class);
		List<Observer> observers = Observers.raw(count);
		boolean lambdas = this.kind.equals("lambda");
		for (int i = 0; i < count && !lambdas; i++) {
			register(created, "observer" + i, observers.get(i).getClass(), observers.get(i));
		}
		created.refresh();
		if (lambdas) {
			TelemetryRouter target = created.getBean(TelemetryRouter.class);
			observers.forEach((observer) -> target.subscribe(TYPE, Observers.typedLambda(observer)));
		}
		check(created.getBean(TelemetryRouter.class), count);
		return created;
	}

	private static void check(TelemetryRouter target, int count) {
		int registered = target.snapshot().handlers().size();
		if (registered != count) {
			throw new IllegalStateException(registered + " handlers instead of " + count);
		}
	}

	private static <T> void register(AnnotationConfigApplicationContext context, String name, Class<T> type,
			Object bean) {
		context.registerBean(name, type, () -> type.cast(bean));
	}

}
