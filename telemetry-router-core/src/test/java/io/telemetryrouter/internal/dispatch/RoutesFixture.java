package io.telemetryrouter.internal.dispatch;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.lane.ContextPropagation;
import io.telemetryrouter.internal.lane.LaneExecutor;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.registry.Announcements;
import io.telemetryrouter.internal.registry.CallSites;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerOptions;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.HandlerServices;
import io.telemetryrouter.internal.registry.HandlerTable;
import io.telemetryrouter.internal.registry.TrackedEvents;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Routes and the handlers that they are made of.
 */
abstract class RoutesFixture {

	static final int MAX_NAMES = 3;

	static final RouterSnapshot.Defaults DEFAULTS = new RouterSnapshot.Defaults(10, 0, OverflowPolicy.DROP_NEWEST);

	final Ticker ticker = new Ticker(null);

	final Reporter reporter = new Reporter(new LogWriter(System.getLogger("silence"), null), this.ticker);

	final Announcements announcements = new Announcements(this.reporter);

	final TrackedEvents events = new TrackedEvents(MAX_NAMES, new SampleBuffers(1), this.announcements);

	final HandlerRegistry registry = registry();

	final RouteCache routes = new RouteCache(
			new RouteCompiler(this.registry, this.ticker, 5_000_000, new PayloadChecks(Map.of(), this.reporter)),
			this.events);

	final AtomicInteger ids = new AtomicInteger();

	RoutesFixture() {
		this.registry.whenChanged(this.routes::handlersChanged);
	}

	HandlerRegistry registry() {
		SampleBuffers samples = new SampleBuffers(DispatchStacks.SLOTS);
		LaneServices lanes = new LaneServices(new LaneExecutor(null), new ContextPropagation(null, this.reporter),
				samples, this.reporter, InstantSource.system(), this.ticker, true, () -> true, 0, 0, (event) -> false,
				new Recording(new EnvelopeSource(InstantSource.system(), this.ticker, new Runs()), this.ticker));
		HandlerServices services = new HandlerServices(lanes, List.of(), QuarantineSettings.disabled());
		return new HandlerRegistry(services, new HandlerTable(), this.events, this.announcements,
				new CallSites(this.reporter, 100_000));
	}

	Handler add(HandlerSpec.Builder<Object> builder) {
		HandlerSpec<?> spec = builder.handler((event, payload) -> {
		}).build();
		Handler handler = this.registry
			.add(new HandlerOptions("handler-" + this.ids.incrementAndGet(), spec, "test", DEFAULTS), spec);
		assertThat(handler).isNotNull();
		return handler;
	}

	Handler add(String... patterns) {
		return add(HandlerSpec.on(patterns));
	}

}
