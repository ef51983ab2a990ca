package io.telemetryrouter.spring.autoconfigure.journal;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;

import io.telemetryrouter.PayloadSanitizer;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.journal.EventAttributes;
import io.telemetryrouter.journal.EventUpcaster;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalOptions;
import io.telemetryrouter.journal.PayloadEncoder;
import io.telemetryrouter.spring.actuate.endpoint.RunJournal;
import io.telemetryrouter.spring.autoconfigure.StartDetail;
import io.telemetryrouter.spring.autoconfigure.OnRouterCondition;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.contracts.TelemetryContracts;
import io.telemetryrouter.spring.health.JournalHealth;
import io.telemetryrouter.spring.metrics.JournalMeters;

/**
 * Auto-configuration for a {@link Journal} of the router's events, if
 * {@code telemetry-router.journal.enabled} is set. {@link PayloadSanitizer} beans, then a
 * {@link PayloadEncoder} bean determine the content of a payload that is written; an
 * {@link EventAttributes} bean provides run, trace and schema. By default lines have the
 * run and the schema of the contract.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class,
		afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnClass(Journal.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty("telemetry-router.journal.enabled")
@Conditional(OnRouterCondition.class)
@EnableConfigurationProperties(TelemetryRouterJournalProperties.class)
public final class TelemetryRouterJournalAutoConfiguration {

	private static final Pattern URI_REFERENCE = Pattern.compile("([\\w.~:/?#@!$&'()*+,;=\\[\\]-]|%\\p{XDigit}{2})+");

	private static final Pattern NOT_IN_URI = Pattern.compile("[^\\w.~/-]");

	/*
	 * Closed after the router, which drains the journal's lane before.
	 */
	@Bean
	@ConditionalOnMissingBean
	Journal telemetryRouterJournal(TelemetryRouterJournalProperties properties, Environment environment,
			ObjectProvider<PayloadEncoder> encoder, ObjectProvider<JsonMapper> mapper,
			ObjectProvider<PayloadSanitizer> sanitizers, ObjectProvider<EventAttributes> attributes,
			ObjectProvider<TelemetryContracts> contracts, ObjectProvider<EventUpcaster> upcasters) {
		JournalOptions.Builder options = JournalOptions.in(JournalDirectory.of(properties))
			.fsync(properties.fsync())
			.encoder(encoder.getIfAvailable(() -> PayloadEncoder.json(mapper.getIfUnique(JsonMapper::shared)))
				.sanitizedBy(sanitizers.orderedStream().toList()))
			.reading(mapper.getIfUnique(JsonMapper::shared), upcasters.orderedStream().toList(),
					contracts.getIfUnique(TelemetryContracts::of).types())
			.attributes(attributes.getIfAvailable(() -> new RunAndContract(contracts.getIfUnique())));
		set("fsync-interval", properties.fsyncInterval(), options::fsyncInterval);
		set("segment-size", properties.segmentSize(), (size) -> options.segmentSize(size.toBytes()));
		set("segment-age", properties.segmentAge(), options::segmentAge);
		set("retention-age", properties.retentionAge(), options::retentionAge);
		set("max-payload", properties.maxPayload(),
				(size) -> options.maxPayload((int) Math.min(Integer.MAX_VALUE, size.toBytes())));
		set("source", source(properties.source(), environment), (source) -> {
			Assert.isTrue(URI_REFERENCE.matcher(source).matches(), "It must be a URI reference");
			options.source(source);
		});
		// The last, since build() compares it with the size of a segment
		set("retention-size", properties.retentionSize(), (size) -> options.retentionSize(size.toBytes()).build());
		return Journal.open(options.build());
	}

	/** Names the property whose value the journal does not accept. */
	private static <V> void set(String name, @Nullable V value, Consumer<V> setter) {
		try {
			if (value != null) {
				setter.accept(value);
			}
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException("telemetry-router.journal." + name, value,
					ex.getMessage() + ".");
		}
	}

	private static String source(@Nullable String source, Environment environment) {
		if (source != null) {
			return source;
		}
		String name = environment.getProperty("spring.application.name", "telemetry-router");
		return "/" + NOT_IN_URI.matcher(name).replaceAll((character) -> percentEncode(character.group()));
	}

	private static String percentEncode(String character) {
		return HexFormat.of().withPrefix("%").withUpperCase().formatHex(character.getBytes(StandardCharsets.UTF_8));
	}

	/** The default attributes of a line. */
	private record RunAndContract(@Nullable TelemetryContracts contracts) implements EventAttributes {

		@Override
		public @Nullable String runId(TelemetryEvent<?> event) {
			return event.runId();
		}

		@Override
		public @Nullable String dataSchema(TelemetryEvent<?> event) {
			return (this.contracts != null) ? this.contracts.schemaUri(event.name(), event.payload()) : null;
		}

	}

	@Bean
	@Lazy(false)
	Subscription telemetryRouterJournalSubscription(TelemetryRouter router, Journal journal,
			TelemetryRouterJournalProperties properties) {
		return router.subscribe(journal.handler(properties.mode()));
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(Endpoint.class)
	static class RunJournalConfiguration {

		@Bean
		@ConditionalOnMissingBean
		RunJournal telemetryRouterRunJournal(Journal journal) {
			return new RunJournal(journal);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(HealthIndicator.class)
	static class JournalHealthConfiguration {

		@Bean
		@ConditionalOnMissingBean
		JournalHealth telemetryRouterJournalHealth(Journal journal) {
			return new JournalHealth(journal);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterBinder.class)
	static class JournalMetersConfiguration {

		@Bean
		@ConditionalOnMissingBean
		JournalMeters telemetryRouterJournalMeters(Journal journal) {
			return new JournalMeters(journal);
		}

	}

	@Bean
	StartDetail telemetryRouterJournalStartDetail(TelemetryRouterJournalProperties properties) {
		return () -> "journal in '" + properties.directory() + "'";
	}

}
