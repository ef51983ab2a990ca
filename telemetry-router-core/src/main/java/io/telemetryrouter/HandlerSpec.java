package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Arguments;

/**
 * A handler with all its options. Immutable. Options that are not set take the router's
 * default. <pre class="code">
 * HandlerSpec.on("model.*")
 * 	.id("cost")
 * 	.async()
 * 	.maxQueue(100)
 * 	.handler((event, payload) -&gt; cost.add(payload))
 * 	.build();
 * </pre>
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
public final class HandlerSpec<T> {

	/** A copy of its own, which nobody changes. */
	private final Builder<T> options;

	private HandlerSpec(Builder<T> options) {
		this.options = options;
	}

	/**
	 * Starts the specification of a handler of names or patterns, with payloads of any
	 * type.
	 * @param patterns names or patterns, at least one; an event that several of them
	 * match is handled once
	 * @return a builder
	 * @throws IllegalArgumentException if there is none or one is malformed
	 */
	public static Builder<Object> on(String... patterns) {
		if (patterns.length == 0) {
			throw new IllegalArgumentException("A handler needs at least one event name or pattern");
		}
		List<EventPattern> parsed = new ArrayList<>();
		for (String pattern : patterns) {
			parsed.add(EventPattern.parse(pattern));
		}
		return new Builder<>(parsed, Object.class, false);
	}

	/**
	 * Starts the specification of a handler of a declared event type.
	 * @param <T> the payload type
	 * @param type the event's type
	 * @return a builder
	 */
	public static <T> Builder<T> on(EventType<T> type) {
		if (type == null) {
			throw new IllegalArgumentException("Event type must not be null");
		}
		return new Builder<>(List.of(EventPattern.parse(type.name())), type.payloadType(), false);
	}

	/**
	 * Starts the specification of a handler of every event whose payload is of a type,
	 * whatever its name. Events with other payloads are counted as filtered.
	 * @param <T> the payload type
	 * @param payloadType the payload's class, or a supertype
	 * @return a builder
	 */
	public static <T> Builder<T> onPayload(Class<T> payloadType) {
		return new Builder<>(List.of(EventPattern.ALL), payloadType, true);
	}

	/**
	 * {@return a builder with all options of this specification}
	 */
	public Builder<T> mutate() {
		return new Builder<>(this.options, this.options.payloadType);
	}

	/**
	 * {@return the names and patterns, at least one}
	 */
	public List<EventPattern> patterns() {
		return this.options.patterns;
	}

	/**
	 * {@return the class a payload must be of}
	 */
	public Class<T> payloadType() {
		return this.options.payloadType;
	}

	/**
	 * {@return whether the handler selects its events by payload type alone, as after
	 * {@link #onPayload(Class)}}
	 */
	public boolean isAnyEvent() {
		return this.options.anyEvent;
	}

	/**
	 * {@return the handler, or {@code null} if it takes envelopes}
	 */
	public @Nullable PayloadHandler<? super T> payloadHandler() {
		return this.options.payloadHandler;
	}

	/**
	 * {@return the handler, or {@code null} if it takes payloads}
	 */
	public @Nullable EventHandler<? super T> eventHandler() {
		return this.options.eventHandler;
	}

	/**
	 * {@return the id, or {@code null} for a generated one}
	 */
	public @Nullable String id() {
		return this.options.id;
	}

	/**
	 * {@return the priority, or {@code null} for the router's default}
	 */
	public @Nullable Integer priority() {
		return this.options.priority;
	}

	/**
	 * {@return where the handler runs}
	 */
	public HandlerMode mode() {
		return this.options.mode;
	}

	/**
	 * {@return how many events the handler receives before it leaves, or 0 for no end}
	 */
	public long times() {
		return this.options.times;
	}

	/**
	 * {@return the capacity of an asynchronous handler's queue in events, or {@code null}
	 * for the router's default}
	 */
	public @Nullable Integer maxQueue() {
		return this.options.maxQueue;
	}

	/**
	 * {@return what happens when the queue is full, or {@code null} for the router's
	 * default}
	 */
	public @Nullable OverflowPolicy overflow() {
		return this.options.overflow;
	}

	/**
	 * {@return how many events an asynchronous handler may handle at once, at least 1}
	 */
	public int concurrency() {
		return this.options.concurrency;
	}

	/**
	 * {@return whether the handler is told of events that were dropped, by a
	 * {@link TelemetryGap}}
	 */
	public boolean gaps() {
		return this.options.gaps;
	}

	/**
	 * {@return which threads run an asynchronous handler}
	 */
	public LaneThread thread() {
		return this.options.thread;
	}

	/**
	 * {@return the condition or {@code null}}
	 */
	public @Nullable Predicate<? super TelemetryEvent<T>> condition() {
		return this.options.condition;
	}

	/**
	 * {@return the threshold over which a call of the handler counts as slow, or
	 * {@code null} if no call does}
	 */
	public @Nullable Duration slowThreshold() {
		return this.options.slowThreshold;
	}

	/**
	 * {@return the object whose collection ends the registration, or {@code null}}
	 */
	public @Nullable Object owner() {
		return this.options.owner;
	}

	/**
	 * {@return the class and method that the handler comes from, or {@code null} for the
	 * code that subscribes}
	 */
	public @Nullable String source() {
		return this.options.source;
	}

	/**
	 * {@return the id of the run that the handler is bound to, or {@code null} for events
	 * of any run and of none}
	 */
	public @Nullable String run() {
		return this.options.run;
	}

	/**
	 * {@return how long a call of an asynchronous handler may take: zero for any time, or
	 * {@code null} for the router's default}
	 */
	public @Nullable Duration handlerTimeout() {
		return this.options.handlerTimeout;
	}

	/**
	 * {@return how payloads of another type are converted, or {@code null}}
	 */
	public @Nullable Conversion<? extends T> conversion() {
		return this.options.conversion;
	}

	/**
	 * Makes payloads that a handler takes of those of another type.
	 *
	 * @param <T> the handler's payload type
	 * @param from the class of the payloads that it converts
	 * @param function makes a payload of the handler's type
	 */
	public record Conversion<T>(Class<?> from, Function<Object, ? extends T> function) {
	}

	/**
	 * {@return what a flush has the handler do, or {@code null}}
	 */
	public @Nullable BooleanSupplier onFlush() {
		return this.options.onFlush;
	}

	/**
	 * {@return whether the handler receives replayed events}
	 */
	public boolean replay() {
		return this.options.replay;
	}

	/**
	 * {@return what records all events, or {@code null} if the handler is no recorder}
	 */
	public @Nullable EventRecorder recorder() {
		return this.options.recorder;
	}

	/**
	 * {@return whether the handler continues after a restart}
	 */
	public boolean durable() {
		return this.options.durable;
	}

	/**
	 * Builds a {@link HandlerSpec}. Not thread-safe.
	 *
	 * @param <T> the payload type
	 */
	public static final class Builder<T> {

		private final List<EventPattern> patterns;

		private final Class<T> payloadType;

		private final boolean anyEvent;

		private @Nullable PayloadHandler<? super T> payloadHandler;

		private @Nullable EventHandler<? super T> eventHandler;

		private @Nullable String id;

		private @Nullable Integer priority;

		private HandlerMode mode = HandlerMode.SYNC;

		private long times;

		private @Nullable Integer maxQueue;

		private @Nullable OverflowPolicy overflow;

		private int concurrency = 1;

		private boolean gaps;

		private LaneThread thread = LaneThread.DEFAULT;

		private @Nullable Predicate<? super TelemetryEvent<T>> condition;

		private @Nullable Duration slowThreshold;

		private @Nullable Object owner;

		private @Nullable String source;

		private @Nullable String run;

		private @Nullable Duration handlerTimeout;

		private @Nullable Conversion<? extends T> conversion;

		private @Nullable BooleanSupplier onFlush;

		private boolean replay;

		private @Nullable EventRecorder recorder;

		private boolean durable;

		private Builder(List<EventPattern> patterns, Class<T> payloadType, boolean anyEvent) {
			this.patterns = List.copyOf(patterns);
			this.payloadType = Arguments.require(payloadType, "payloadType");
			EventType.requireReference(payloadType);
			this.anyEvent = anyEvent;
		}

		/** Copies all options. No other payload type once one of them depends on it. */
		@SuppressWarnings("unchecked")
		private Builder(Builder<?> options, Class<T> payloadType) {
			this(options.patterns, payloadType, options.anyEvent);
			Builder<T> other = (Builder<T>) options;
			this.payloadHandler = other.payloadHandler;
			this.eventHandler = other.eventHandler;
			this.condition = other.condition;
			this.conversion = other.conversion;
			this.id = other.id;
			this.priority = other.priority;
			this.mode = other.mode;
			this.times = other.times;
			this.maxQueue = other.maxQueue;
			this.overflow = other.overflow;
			this.concurrency = other.concurrency;
			this.gaps = other.gaps;
			this.thread = other.thread;
			this.slowThreshold = other.slowThreshold;
			this.owner = other.owner;
			this.source = other.source;
			this.run = other.run;
			this.handlerTimeout = other.handlerTimeout;
			this.onFlush = other.onFlush;
			this.replay = other.replay;
			this.recorder = other.recorder;
			this.durable = other.durable;
		}

		/**
		 * Narrows the handler to payloads of a type. Others are counted
		 * {@link DropReason#TYPE_MISMATCH}. Call it before the handler, the condition and
		 * a conversion are given.
		 * @param <U> the payload type
		 * @param payloadType the payload's class, or a supertype
		 * @return a builder for that type with the options so far
		 * @throws IllegalStateException if one of these is given already
		 */
		public <U> Builder<U> payloadType(Class<U> payloadType) {
			if (this.payloadHandler != null || this.eventHandler != null || this.condition != null
					|| this.conversion != null) {
				throw new IllegalStateException(
						"Give 'payloadType' before the handler, the condition and the conversion");
			}
			return new Builder<>(this, payloadType);
		}

		/**
		 * Sets the handler.
		 * @param handler takes payloads
		 * @return this builder
		 */
		public Builder<T> handler(PayloadHandler<? super T> handler) {
			this.payloadHandler = Arguments.require(handler, "handler");
			this.eventHandler = null;
			return this;
		}

		/**
		 * Sets the handler.
		 * @param handler takes envelopes
		 * @return this builder
		 */
		public Builder<T> eventHandler(EventHandler<? super T> handler) {
			this.eventHandler = Arguments.require(handler, "handler");
			this.payloadHandler = null;
			return this;
		}

		/**
		 * Lets the handler get payloads of another type, too, converted. That is done for
		 * this handler alone, where it runs, and a conversion that throws counts as its
		 * failure. The condition sees the payload as it was emitted.
		 * @param <S> the type of the payloads to convert
		 * @param from their class
		 * @param function makes a payload of the handler's type
		 * @return this builder
		 */
		@SuppressWarnings("unchecked")
		public <S> Builder<T> convert(Class<S> from, Function<? super S, ? extends T> function) {
			this.conversion = new Conversion<>(Arguments.require(from, "from"),
					(Function<Object, ? extends T>) Arguments.require(function, "function"));
			return this;
		}

		/**
		 * Sets the id by which the handler is configured, shown and measured. Unique in
		 * its router.
		 * @param id the id
		 * @return this builder
		 * @throws IllegalArgumentException if it is blank
		 */
		public Builder<T> id(String id) {
			this.id = Arguments.requireText(id, "id");
			return this;
		}

		/**
		 * Sets the priority: lower runs first.
		 * @param priority the priority
		 * @return this builder
		 */
		public Builder<T> priority(int priority) {
			this.priority = priority;
			return this;
		}

		/**
		 * Runs the handler on a lane of its own.
		 * @return this builder
		 */
		public Builder<T> async() {
			return mode(HandlerMode.ASYNC);
		}

		/**
		 * Sets where the handler runs.
		 * @param mode the mode
		 * @return this builder
		 */
		public Builder<T> mode(HandlerMode mode) {
			this.mode = Arguments.require(mode, "mode");
			return this;
		}

		/**
		 * Ends the registration with the first event, as {@link #times(long)} does.
		 * @return this builder
		 */
		public Builder<T> once() {
			return times(1);
		}

		/**
		 * Ends the registration after a number of events. Each event is claimed before
		 * the handler is called or the event is queued, so the handler never receives
		 * more. It may receive fewer: a call that fails counts, and so does an event that
		 * the full queue of an asynchronous handler drops. Such a handler is never
		 * quarantined.
		 * @param times the number
		 * @return this builder
		 * @throws IllegalArgumentException if it is not positive
		 */
		public Builder<T> times(long times) {
			this.times = Arguments.requirePositive(times, "times");
			return this;
		}

		/**
		 * Sets the capacity of an asynchronous handler's queue. {@link #build()} refuses
		 * it for a synchronous handler.
		 * @param maxQueue the capacity in events
		 * @return this builder
		 * @throws IllegalArgumentException if it is not positive
		 */
		public Builder<T> maxQueue(int maxQueue) {
			this.maxQueue = Arguments.requirePositive(maxQueue, "maxQueue");
			return this;
		}

		/**
		 * Sets what happens when the queue is full. {@link #build()} refuses it for a
		 * synchronous handler, which has no queue.
		 * @param overflow the policy
		 * @return this builder
		 */
		public Builder<T> overflow(OverflowPolicy overflow) {
			this.overflow = Arguments.require(overflow, "overflow");
			return this;
		}

		/**
		 * Lets an asynchronous handler handle several events at once; above 1 their order
		 * is lost. {@link #build()} refuses it for a synchronous handler.
		 * @param concurrency how many at once
		 * @return this builder
		 * @throws IllegalArgumentException if it is not positive
		 */
		public Builder<T> concurrency(int concurrency) {
			this.concurrency = Arguments.requirePositive(concurrency, "concurrency");
			return this;
		}

		/**
		 * Tells an asynchronous handler of events that were dropped, by its full queue
		 * ({@link DropReason#QUEUE_FULL}), while it was quarantined, or since its
		 * condition failed: before the next event it receives one
		 * {@value TelemetryGap#EVENT} event with a {@link TelemetryGap}, whatever its
		 * patterns and condition. {@link #build()} refuses it for a synchronous handler,
		 * and for one whose payload type is another.
		 * @param gaps whether to tell it (default {@code false})
		 * @return this builder
		 */
		public Builder<T> gaps(boolean gaps) {
			this.gaps = gaps;
			return this;
		}

		/**
		 * Sets which threads run the handler. {@link #build()} refuses
		 * {@link LaneThread#PLATFORM} for a synchronous handler, which runs on the
		 * emitting thread.
		 * @param thread the threads
		 * @return this builder
		 */
		public Builder<T> thread(LaneThread thread) {
			this.thread = Arguments.require(thread, "thread");
			return this;
		}

		/**
		 * Sets a condition. It runs on the emitting thread, before an event is queued or
		 * claimed, and takes the emitter's time. An event that it rejects is counted as
		 * filtered. If it throws, the event is dropped, counted as
		 * {@link DropReason#CONDITION_FAILED}; that is no failure of the handler and
		 * never quarantines it. Snapshots show its {@code toString()}.
		 * @param condition returns whether to handle an event
		 * @return this builder
		 */
		public Builder<T> condition(Predicate<? super TelemetryEvent<T>> condition) {
			this.condition = Arguments.require(condition, "condition");
			return this;
		}

		/**
		 * Sets the threshold over which a call of this handler is counted and reported as
		 * slow. Without {@linkplain TelemetryRouterBuilder#measureLatency(boolean)
		 * measurement} it has no effect.
		 * @param slowThreshold the threshold
		 * @return this builder
		 * @throws IllegalArgumentException if it is not positive
		 */
		public Builder<T> slowThreshold(Duration slowThreshold) {
			this.slowThreshold = Arguments.requirePositive(slowThreshold, "slowThreshold");
			return this;
		}

		/**
		 * Sets how long a call of an asynchronous handler may take, in place of the
		 * {@linkplain TelemetryRouterBuilder#handlerTimeout(Duration) router's default}.
		 * {@link #build()} refuses it for a synchronous handler, whose thread is the
		 * emitter's.
		 * @param handlerTimeout the time; zero lets every call take its time
		 * @return this builder
		 * @throws IllegalArgumentException if it is negative
		 */
		public Builder<T> handlerTimeout(Duration handlerTimeout) {
			this.handlerTimeout = Arguments.requireNotNegative(handlerTimeout, "handlerTimeout");
			return this;
		}

		/**
		 * Lets an asynchronous handler that keeps events back, as one that writes many at
		 * a time, take part in each flush: once its events are processed, the action
		 * passes on what is kept. It runs on a thread of the router, and the flush waits
		 * for it until its timeout. {@link #build()} refuses it for a synchronous
		 * handler.
		 * @param action returns whether all was passed on; not so if it throws
		 * @return this builder
		 */
		public Builder<T> onFlush(BooleanSupplier action) {
			this.onFlush = Arguments.require(action, "action");
			return this;
		}

		/**
		 * Binds the handler to a run: it gets only that run's events, the others are
		 * counted as filtered, and it leaves with the run. That is when the last
		 * {@linkplain RunScope scope} of the run closes, or when the run has no scope and
		 * nothing refers to it any more; events that are queued then are still handled. A
		 * run that has not begun yet is waited for.
		 * @param runId the run's id
		 * @return this builder
		 * @throws IllegalArgumentException if it is blank
		 */
		public Builder<T> run(String runId) {
			this.run = Arguments.requireText(runId, "runId");
			return this;
		}

		/**
		 * Sets whether the handler receives events that are
		 * {@linkplain TelemetryRouter#replay replayed}, too. By default it does not.
		 * @param replay whether it does
		 * @return this builder
		 */
		public Builder<T> replay(boolean replay) {
			this.replay = replay;
			return this;
		}

		/**
		 * Makes the handler the recorder of the router, and sets what it calls. A router
		 * has one at most; it takes all events. A synchronous recorder is called before
		 * any other handler is offered the event, and an asynchronous one is offered it
		 * first, whatever the priorities. Handlers with {@link OverflowPolicy#SPILL} read
		 * back what it has recorded. The router calls the recorder itself, whatever
		 * handler a {@link HandlerSpecCustomizer} sets in its place.
		 * @param recorder the recorder
		 * @return this builder
		 */
		public Builder<T> recorder(EventRecorder recorder) {
			this.recorder = Arguments.require(recorder, "recorder");
			return eventHandler(recorder::record);
		}

		/**
		 * Lets a handler with {@link OverflowPolicy#SPILL} and an id continue after a
		 * restart. The recorder keeps how far it has got; when it subscribes again, it
		 * first gets what was recorded after that, as far as it matches its patterns,
		 * type and condition. That is at least once: what is kept lags behind what the
		 * handler has handled, by a second or so, and never leads, so after a killed
		 * process it gets some events again. An event that was dropped counts as done,
		 * unless that was for want of time when the router closed. The first time it
		 * begins with new events.
		 * @param durable whether it does (default {@code false})
		 * @return this builder
		 */
		public Builder<T> durable(boolean durable) {
			this.durable = durable;
			return this;
		}

		/**
		 * Ends the registration when an object has been collected by the garbage
		 * collector. The router does not keep the object alive. The handler must not
		 * refer to it, or both stay for ever.
		 * @param owner the owner
		 * @return this builder
		 */
		public Builder<T> owner(Object owner) {
			this.owner = Arguments.require(owner, "owner");
			return this;
		}

		/**
		 * Sets the code that the handler comes from, for a framework that subscribes on
		 * behalf of other code. By default it is the code that subscribes.
		 * @param source a class and method
		 * @return this builder
		 */
		public Builder<T> source(String source) {
			this.source = Arguments.require(source, "source");
			return this;
		}

		/**
		 * Builds the specification.
		 * @return the specification
		 * @throws IllegalStateException if no handler is set, or if an option of a queue
		 * is set for a synchronous handler
		 */
		public HandlerSpec<T> build() {
			if (this.payloadHandler == null && this.eventHandler == null) {
				throw new IllegalStateException(
						"No handler given for " + this.patterns + ": call handler(...) or eventHandler(...)");
			}
			if (this.mode == HandlerMode.SYNC) {
				requireOpen(this.maxQueue == null, "maxQueue");
				requireOpen(this.overflow == null, "overflow");
				requireOpen(this.concurrency == 1, "concurrency");
				requireOpen(this.handlerTimeout == null, "handlerTimeout");
				requireOpen(this.thread == LaneThread.DEFAULT, "thread");
				requireOpen(!this.gaps, "gaps");
				requireOpen(this.onFlush == null, "onFlush");
			}
			if (this.gaps && !this.payloadType.isAssignableFrom(TelemetryGap.class)) {
				throw new IllegalStateException("Handler " + name() + " takes payloads of " + this.payloadType.getName()
						+ ", and 'gaps' are payloads of " + TelemetryGap.class.getName()
						+ ": let it take any payload, or leave 'gaps' out");
			}
			requireSpillable();
			return new HandlerSpec<>(new Builder<>(this, this.payloadType));
		}

		private void requireSpillable() {
			boolean spills = this.overflow == OverflowPolicy.SPILL;
			if (spills && this.concurrency != 1) {
				throw new IllegalStateException("Handler " + name()
						+ " has overflow policy SPILL, which keeps the order" + " of events, and a concurrency of "
						+ this.concurrency + ", which does not: leave 'concurrency' out, or choose another policy");
			}
			if (this.durable && (!spills || this.id == null || this.times != 0 || this.run != null)) {
				throw new IllegalStateException("Handler " + name() + " is to continue after a restart ('durable'): set"
						+ " its id and overflow policy SPILL, and leave run and times out");
			}
			if (this.recorder == null) {
				return;
			}
			if (spills) {
				throw new IllegalStateException("Handler " + name() + " is the recorder that others read back from"
						+ " with overflow policy SPILL, so it cannot have that itself: choose another policy");
			}
			boolean all = this.patterns.equals(List.of(EventPattern.ALL)) && this.payloadType == Object.class;
			if (!all || this.condition != null || this.run != null || this.times != 0) {
				throw new IllegalStateException("Handler " + name()
						+ " is the recorder, which takes all events: let its pattern be '**', and leave payload type,"
						+ " condition, run and times out");
			}
		}

		private void requireOpen(boolean open, String option) {
			if (!open) {
				throw new IllegalStateException("Handler " + name() + " is synchronous and has no queue, so '" + option
						+ "' would have no effect: call async(), or leave '" + option + "' out");
			}
		}

		private String name() {
			return (this.id != null) ? "'" + this.id + "'" : "of " + this.patterns;
		}

	}

}
