package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.EventType;

/**
 * A journal's folder and its options. Immutable. <pre class="code">
 * JournalOptions.in(Path.of("journal"))
 * 	.fsync(Fsync.ALWAYS)
 * 	.retentionSize(10L &lt;&lt; 30)
 * 	.build();
 * </pre>
 *
 * @since 0.1.0
 */
public final class JournalOptions {

	final Path directory;

	final Fsync fsync;

	final Duration fsyncInterval;

	final long segmentSize;

	final Duration segmentAge;

	final long retentionSize;

	final @Nullable Duration retentionAge;

	final int maxPayload;

	final String source;

	final PayloadEncoder encoder;

	final EventAttributes attributes;

	final RecordedPayloads payloads;

	/** Payload classes by event name. */
	final Map<String, Class<?>> types;

	final Clock clock;

	private JournalOptions(Builder builder) {
		this.directory = builder.directory;
		this.fsync = builder.fsync;
		this.fsyncInterval = builder.fsyncInterval;
		this.segmentSize = builder.segmentSize;
		this.segmentAge = builder.segmentAge;
		this.retentionSize = builder.retentionSize;
		this.retentionAge = builder.retentionAge;
		this.maxPayload = builder.maxPayload;
		this.source = builder.source;
		this.encoder = builder.encoder;
		this.attributes = builder.attributes;
		this.payloads = new RecordedPayloads(builder.mapper, builder.upcasters);
		this.types = builder.contracts.stream()
			.collect(Collectors.toUnmodifiableMap(EventType::name, EventType::payloadType, (one, other) -> other));
		this.clock = builder.clock;
	}

	/**
	 * Starts the options of a journal.
	 * @param directory the folder of its files; created if absent, readable on POSIX file
	 * systems by the user of this process only; only one journal can write to it
	 * @return a builder
	 */
	public static Builder in(Path directory) {
		return new Builder(directory);
	}

	/**
	 * Builds {@link JournalOptions}. Not thread-safe.
	 */
	public static final class Builder {

		private final Path directory;

		private Fsync fsync = Fsync.INTERVAL;

		private Duration fsyncInterval = Duration.ofSeconds(1);

		private long segmentSize = 64L << 20;

		private Duration segmentAge = Duration.ofDays(1);

		private long retentionSize = 1L << 30;

		private @Nullable Duration retentionAge;

		private int maxPayload = 256 << 10;

		private String source = "/telemetry-router";

		private PayloadEncoder encoder = PayloadEncoder.json();

		private EventAttributes attributes = new EventAttributes() {
		};

		private JsonMapper mapper = JsonMapper.shared();

		private Collection<? extends EventUpcaster> upcasters = List.of();

		private Collection<? extends EventType<?>> contracts = List.of();

		private Clock clock = Clock.systemUTC();

		private Builder(Path directory) {
			this.directory = require(directory, "directory");
		}

		/**
		 * Sets when written data is synced to the disk. By default
		 * {@link Fsync#INTERVAL}.
		 * @param fsync the policy
		 * @return this builder
		 */
		public Builder fsync(Fsync fsync) {
			this.fsync = require(fsync, "fsync");
			return this;
		}

		/**
		 * Sets the interval of {@link Fsync#INTERVAL}. By default a second.
		 * @param fsyncInterval the interval
		 * @return this builder
		 */
		public Builder fsyncInterval(Duration fsyncInterval) {
			this.fsyncInterval = requirePositive(fsyncInterval, "fsyncInterval");
			return this;
		}

		/**
		 * Sets the size at which a new segment begins. By default 64 MiB. A segment is
		 * larger by one batch of lines at most.
		 * @param segmentSize the size in bytes, at least 4 KiB
		 * @return this builder
		 */
		public Builder segmentSize(long segmentSize) {
			this.segmentSize = requireRange(segmentSize, 4 << 10, Long.MAX_VALUE / 4, "segmentSize");
			return this;
		}

		/**
		 * Sets the age at which a new segment begins. By default a day.
		 * @param segmentAge the age
		 * @return this builder
		 */
		public Builder segmentAge(Duration segmentAge) {
			this.segmentAge = requirePositive(segmentAge, "segmentAge");
			return this;
		}

		/**
		 * Sets the maximum total size of all segments. The oldest segments are deleted to
		 * keep it. By default 1 GiB.
		 * @param retentionSize the size in bytes, at least that of two segments
		 * @return this builder
		 */
		public Builder retentionSize(long retentionSize) {
			this.retentionSize = retentionSize;
			return this;
		}

		/**
		 * Sets the maximum age of a segment since its last write. Older segments are
		 * deleted. By default only the total size limits retention.
		 * @param retentionAge the age, or {@code null} for no limit
		 * @return this builder
		 */
		public Builder retentionAge(@Nullable Duration retentionAge) {
			this.retentionAge = (retentionAge != null) ? requirePositive(retentionAge, "retentionAge") : null;
			return this;
		}

		/**
		 * Sets the maximum size of a payload's JSON. Of a longer payload the line keeps
		 * the beginning, as text, with the status {@link DataStatus#TRUNCATED}. By
		 * default 256 KiB.
		 * @param maxPayload the size in bytes, from 64 bytes to 1 MiB
		 * @return this builder
		 */
		public Builder maxPayload(int maxPayload) {
			this.maxPayload = (int) requireRange(maxPayload, 64, 1 << 20, "maxPayload");
			return this;
		}

		/**
		 * Sets the {@code source} of all lines, which names the application. By default
		 * {@code /telemetry-router}.
		 * @param source a URI reference
		 * @return this builder
		 */
		public Builder source(String source) {
			if (require(source, "source").isBlank()) {
				throw new IllegalArgumentException("'source' must not be blank");
			}
			this.source = source;
			return this;
		}

		/**
		 * Sets the encoder that writes payloads as JSON. By default
		 * {@link PayloadEncoder#json()}.
		 * @param encoder the encoder
		 * @return this builder
		 */
		public Builder encoder(PayloadEncoder encoder) {
			this.encoder = require(encoder, "encoder");
			return this;
		}

		/**
		 * Sets the source of a line's run, trace and schema. By default a line has the
		 * run of its event, and neither trace nor schema.
		 * @param attributes the attributes
		 * @return this builder
		 */
		public Builder attributes(EventAttributes attributes) {
			this.attributes = require(attributes, "attributes");
			return this;
		}

		/**
		 * Sets how payloads are read back for durable handlers and for handlers with
		 * spilled events. By default with a plain mapper.
		 * @param mapper the mapper that reads the JSON that the encoder writes
		 * @param upcasters the upcasters for payloads of earlier versions
		 * @param contracts the event types with a known payload class
		 * @return this builder
		 */
		public Builder reading(JsonMapper mapper, Collection<? extends EventUpcaster> upcasters,
				Collection<? extends EventType<?>> contracts) {
			this.mapper = require(mapper, "mapper");
			this.upcasters = List.copyOf(upcasters);
			this.contracts = List.copyOf(contracts);
			return this;
		}

		/**
		 * Sets the clock that segment ages are computed with.
		 * @param clock the clock
		 * @return this builder
		 */
		public Builder clock(Clock clock) {
			this.clock = require(clock, "clock");
			return this;
		}

		/**
		 * Builds the options.
		 * @return the options
		 * @throws IllegalArgumentException if {@code retentionSize} is less than two
		 * segments
		 */
		public JournalOptions build() {
			if (this.retentionSize / 2 < this.segmentSize) {
				throw new IllegalArgumentException("'retentionSize' must be at least twice 'segmentSize' ("
						+ this.segmentSize + " bytes), but is " + this.retentionSize);
			}
			return new JournalOptions(this);
		}

		private static <V> V require(@Nullable V value, String name) {
			if (value == null) {
				throw new IllegalArgumentException("'" + name + "' must not be null");
			}
			return value;
		}

		private static Duration requirePositive(Duration value, String name) {
			if (require(value, name).isNegative() || value.isZero()) {
				throw new IllegalArgumentException(
						"'" + name + "' must be positive, but is " + TimeUnit.MILLISECONDS.convert(value) + " ms");
			}
			return value;
		}

		private static long requireRange(long value, long min, long max, String name) {
			if (value < min || value > max) {
				throw new IllegalArgumentException(
						"'" + name + "' must be between " + min + " and " + max + " bytes, but is " + value);
			}
			return value;
		}

	}

}
