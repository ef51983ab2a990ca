package io.telemetryrouter.spring.health;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Adds the router's counts to the application's health. Never {@code DOWN}: failed,
 * queued or dropped telemetry is no reason to take an application out of service. Use the
 * meters for alerts.
 *
 * @since 0.1.0
 */
public class TelemetryRouterHealthIndicator extends AbstractHealthIndicator {

	private final TelemetryRouter router;

	private final @Nullable JournalHealth journal;

	/**
	 * Creates the health indicator of a router.
	 * @param router the router
	 */
	public TelemetryRouterHealthIndicator(TelemetryRouter router) {
		this(router, null);
	}

	/**
	 * Creates the health indicator of a router with a journal.
	 * @param router the router
	 * @param journal the journal's details; {@code null} without a journal
	 */
	public TelemetryRouterHealthIndicator(TelemetryRouter router, @Nullable JournalHealth journal) {
		super("Telemetry router health check failed");
		this.router = router;
		this.journal = journal;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		try {
			addDetails(builder.up(), this.router.snapshot());
			builder.withDetail("danglingSpans", this.router.spanSnapshot().dangling());
			if (this.journal != null) {
				builder.withDetail("journal", this.journal.details());
			}
		}
		catch (RuntimeException ex) {
			// The superclass would report DOWN and expose the exception's message
			builder.unknown().withDetail("error", ex.getClass().getName());
		}
	}

	private void addDetails(Health.Builder builder, RouterSnapshot snapshot) {
		Collection<HandlerSnapshot> handlers = snapshot.handlers().values();
		HandlerAccount total = handlers.stream()
			.map(HandlerSnapshot::account)
			.reduce(snapshot.retired(), HandlerAccount::plus);
		builder.withDetail("handlers", handlers.size())
			.withDetail("offered", total.offered())
			.withDetail("handled", total.handled())
			.withDetail("failed", total.failed())
			.withDetail("filtered", total.filtered())
			.withDetail("dropped", dropped(total))
			.withDetail("queued", total.queued())
			.withDetail("running", total.running())
			.withDetail("held", snapshot.held())
			.withDetail("oldestAgeMicros", TimeUnit.NANOSECONDS.toMicros(oldestAge(handlers).toNanos()))
			.withDetail("fullQueues", ids(handlers, this::isFull))
			.withDetail("quarantined", ids(handlers, (handler) -> handler.quarantine() != null))
			.withDetail("stuck", ids(handlers, (handler) -> !handler.stuckCalls().isEmpty()))
			.withDetail("paused", ids(handlers, (handler) -> handler.status() == HandlerStatus.PAUSED));
	}

	/** Only the reasons that occurred: each of them has another remedy. */
	private Map<String, Long> dropped(HandlerAccount account) {
		Map<String, Long> dropped = new TreeMap<>();
		account.dropped().forEach((reason, count) -> {
			if (count > 0) {
				dropped.put(reason.label(), count);
			}
		});
		return dropped;
	}

	private Duration oldestAge(Collection<HandlerSnapshot> handlers) {
		return handlers.stream().map(HandlerSnapshot::oldestAge).max(Comparator.naturalOrder()).orElse(Duration.ZERO);
	}

	private List<String> ids(Collection<HandlerSnapshot> handlers, Predicate<HandlerSnapshot> filter) {
		return handlers.stream().filter(filter).map(HandlerSnapshot::id).toList();
	}

	private boolean isFull(HandlerSnapshot handler) {
		return handler.mode() == HandlerMode.ASYNC && handler.account().queued() >= handler.queueCapacity();
	}

}
