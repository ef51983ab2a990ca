package io.telemetryrouter.spring.metrics;

import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.journal.DataStatus;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalStatus;
import io.telemetryrouter.journal.LossReason;
import io.telemetryrouter.spring.metrics.SharedSeries.Kind;
import io.telemetryrouter.spring.metrics.SharedSeries.Source;
import io.telemetryrouter.spring.metrics.TelemetryRouterMeter.Tag;

/**
 * Binds the losses of a journal to meters. Thread-safe. Any number of registries may be
 * bound; each is bound once.
 *
 * @since 0.1.0
 */
public final class JournalMeters implements MeterBinder, AutoCloseable {

	private final Losses losses;

	private final Map<MeterRegistry, Meters<Losses>> bound = new ConcurrentHashMap<>();

	/**
	 * Creates the binder of a journal.
	 * @param journal the journal
	 */
	public JournalMeters(Journal journal) {
		this.losses = new Losses(journal);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Meters<Losses> meters = new Meters<>(new SharedSeries(registry), this.losses, Kind.COUNT);
		if (this.bound.putIfAbsent(registry, meters) != null) {
			return;
		}
		for (LossReason reason : LossReason.values()) {
			meters.add(TelemetryRouterMeter.JOURNAL_LOST, Tags.of(Tag.REASON.asString(), label(reason)), reason);
		}
		for (DataStatus status : new DataStatus[] { DataStatus.REDACTED, DataStatus.TRUNCATED }) {
			meters.add(TelemetryRouterMeter.JOURNAL_INCOMPLETE, Tags.of(Tag.STATUS.asString(), label(status)), status);
		}
		meters.add(TelemetryRouterMeter.JOURNAL_FAILING, Tags.empty());
	}

	private static String label(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Removes the meters from their registries.
	 */
	@Override
	public void close() {
		this.bound.values().forEach((meters) -> meters.remove(false));
		this.bound.clear();
	}

	/**
	 * The source of the meters.
	 */
	private record Losses(Journal journal) implements Source {

		@Override
		public double value(TelemetryRouterMeter meter, @Nullable Object detail) {
			JournalStatus status = this.journal.status();
			if (detail instanceof LossReason reason) {
				return status.lost().getOrDefault(reason, 0L);
			}
			if (detail instanceof DataStatus data) {
				return (data == DataStatus.REDACTED) ? status.redacted() : status.truncated();
			}
			return (status.failure() != null) ? 1 : 0;
		}

	}

}
