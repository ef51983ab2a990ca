package io.telemetryrouter;

import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * Records events in memory.
 */
final class MemoryRecorder implements EventRecorder {

	final ConcurrentMap<Long, RecordedEvent> events = new ConcurrentHashMap<>();

	final ConcurrentMap<String, Long> cursors = new ConcurrentHashMap<>();

	/** How many readers are open. */
	final AtomicInteger readers = new AtomicInteger();

	/** How often the latest number was asked for, except by a new cursor. */
	final AtomicInteger looks = new AtomicInteger();

	private final AtomicLong numbers = new AtomicLong(100);

	/** Which events are recorded. */
	volatile Predicate<TelemetryEvent<?>> records = (event) -> true;

	/** Is called before an event is given back. */
	volatile Reading reading = (number) -> {
	};

	/** Is called before the payload of an event is decoded. */
	volatile Reading decoding = (number) -> {
	};

	/** Is called before a cursor moves. */
	volatile Reading moving = (number) -> {
	};

	/** Is called before the backlog of a cursor is opened. */
	volatile Reading opening = (number) -> {
	};

	HandlerSpec<Object> sync() {
		return HandlerSpec.on("**").id("recorder").recorder(this).build();
	}

	HandlerSpec<Object> async(int maxQueue) {
		return HandlerSpec.on("**").id("recorder").async().maxQueue(maxQueue).recorder(this).build();
	}

	@Override
	public long record(TelemetryEvent<?> event) {
		long number = this.numbers.incrementAndGet();
		if (!this.records.test(event)) {
			return 0;
		}
		this.events.put(number, new Recorded(number, event, (decoded) -> this.decoding.before(decoded)));
		return number;
	}

	@Override
	public Reader reader() {
		this.readers.incrementAndGet();
		return new Reader() {

			@Override
			public @Nullable RecordedEvent read(long number) throws Exception {
				MemoryRecorder.this.reading.before(number);
				return MemoryRecorder.this.events.get(number);
			}

			@Override
			public void close() {
				MemoryRecorder.this.readers.decrementAndGet();
			}

		};
	}

	long latest() {
		return this.events.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
	}

	@Override
	public Cursor cursor(String handlerId) {
		return new Cursor() {

			@Override
			public Backlog open() throws Exception {
				long end = latest();
				MemoryRecorder.this.opening.before(end);
				Long position = MemoryRecorder.this.cursors.putIfAbsent(handlerId, end);
				Iterator<RecordedEvent> events = MemoryRecorder.this.events.values()
					.stream()
					.filter((event) -> position != null && event.sequence() > position && event.sequence() <= end)
					.sorted(Comparator.comparingLong(RecordedEvent::sequence))
					.toList()
					.iterator();
				MemoryRecorder.this.readers.incrementAndGet();
				return new Backlog() {

					@Override
					public @Nullable RecordedEvent next() throws Exception {
						RecordedEvent next = events.hasNext() ? events.next() : null;
						MemoryRecorder.this.reading.before((next != null) ? next.sequence() : 0);
						return next;
					}

					@Override
					public void close() {
						MemoryRecorder.this.readers.decrementAndGet();
					}

				};
			}

			@Override
			public long latest() {
				MemoryRecorder.this.looks.incrementAndGet();
				return MemoryRecorder.this.latest();
			}

			@Override
			public void move(long number) throws Exception {
				MemoryRecorder.this.moving.before(number);
				MemoryRecorder.this.cursors.put(handlerId, number);
			}

		};
	}

	interface Reading {

		void before(long number) throws Exception;

	}

	record Recorded(long sequence, TelemetryEvent<?> event, Reading decoding) implements RecordedEvent {

		@Override
		public String name() {
			return this.event.name();
		}

		@Override
		public Instant timestamp() {
			return this.event.timestamp();
		}

		@Override
		public UUID id() {
			return this.event.id();
		}

		@Override
		public @Nullable String runId() {
			return this.event.runId();
		}

		@Override
		public @Nullable UUID causationId() {
			return this.event.causationId();
		}

		@Override
		public @Nullable Object payload(Class<?> type) throws Exception {
			this.decoding.before(this.sequence);
			return type.cast(this.event.payload());
		}

	}

}
