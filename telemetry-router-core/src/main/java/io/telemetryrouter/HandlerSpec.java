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
public final class HandlerSpec<T extends @Nullable Object> {

	/** A private copy that is never changed. */
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
	public static Builder<@Nullable Object> on(String... patterns) {
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
	 * regardless of its name. Events with other payloads are counted as filtered.
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
	 * {@return the class of the payloads that the handler takes}
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
	 * {@return the execution mode}
	 */
	public HandlerMode mode() {
		return this.options.mode;
	}

	/**
	 * {@return the number of events after which the registration ends, or 0 for no limit}
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
	 * {@return the overflow policy, or {@code null} for the router's default}
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
	 * {@return whether the handler receives a {@link TelemetryGap} for dropped events}
	 */
	public boolean gaps() {
		return this.options.gaps;
	}

	/**
	 * {@return the threads that run an asynchronous handler}
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
	 * {@return the class and method that declare the handler, or {@code null} for the
	 * code that subscribes it}
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
	 * {@return the maximum duration of a call of an asynchronous handler: zero for no
	 * timeout, or {@code null} for the router's default}
	 */
	public @Nullable Duration handlerTimeout() {
		return this.options.handlerTimeout;
	}

	/**
	 * {@return the conversion of payloads of another type, or {@code null}}
	 */
	public @Nullable Conversion<? extends T> conversion() {
		return this.options.conversion;
	}

	/**
	 * Converts payloads of another type to the payload type of a handler.
	 *
	 * @param <T> the handler's payload type
	 * @param from the class of the payloads that it converts
	 * @param function converts a payload to the handler's type
	 */
	public record Conversion<T>(Class<?> from, Function<Object, ? extends T> function) {
	}

	/**
	 * {@return the action that a flush runs for the handler, or {@code null}}
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
	 * {@return the recorder of all events, or {@code null} if the handler is not a
	 * recorder}
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
	public static final class Builder<T extends @Nullable Object> {

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

		/**
		 * Copies all options. The payload type must be the same if an option depends on
		 * it.
		 */
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
		 * Restricts the handler to payloads of a type. Events with other payloads are
		 * counted {@link DropReason#TYPE_MISMATCH}. Must be called before the handler,
		 * the condition and a conversion are set.
		 * @param <U> the payload type
		 * @param payloadType the payload's class, or a supertype
		 * @return a builder for that type with the options so far
		 * @throws IllegalStateException if one of these is already set
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
		 * Lets the handler also receive payloads of another type, which are converted for
		 * this handler only. The conversion runs on the handler's thread, and an
		 * exception that it throws counts as a failure of the handler. The condition
		 * receives the payload as it was emitted.
		 * @param <S> the type of the payloads to convert
		 * @param from their class
		 * @param function converts a payload to the handler's type
		 * @return this builder
		 */
		@SuppressWarnings("unchecked")
		public <S> Builder<T> convert(Class<S> from, Function<? super S, ? extends T> function) {
			this.conversion = new Conversion<>(Arguments.require(from, "from"),
					(Function<Object, ? extends T>) Arguments.require(function, "function"));
			return this;
		}

		/**
		 * Sets the id that identifies the handler in configuration, snapshots and
		 * metrics. Must be unique in its router.
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
		 * Sets the execution mode.
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
		 * Sets the capacity of an asynchronous handler's queue. {@link #build()} rejects
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
		 * Sets the overflow policy. {@link #build()} rejects it for a synchronous
		 * handler, which has no queue.
		 * @param overflow the policy
		 * @return this builder
		 */
		public Builder<T> overflow(OverflowPolicy overflow) {
			this.overflow = Arguments.require(overflow, "overflow");
			return this;
		}

		/**
		 * Sets the number of events that an asynchronous handler may handle at once;
		 * above 1, their order is not preserved. {@link #build()} rejects it for a
		 * synchronous handler.
		 * @param concurrency the number of events
		 * @return this builder
		 * @throws IllegalArgumentException if it is not positive
		 */
		public Builder<T> concurrency(int concurrency) {
			this.concurrency = Arguments.requirePositive(concurrency, "concurrency");
			return this;
		}

		/**
		 * Notifies an asynchronous handler of events that were dropped because its queue
		 * was full ({@link DropReason#QUEUE_FULL}), because it was quarantined or because
		 * its condition failed. Before its next event, the handler receives one
		 * {@value TelemetryGap#EVENT} event with a {@link TelemetryGap}, regardless of
		 * its patterns and condition. {@link #build()} rejects it for a synchronous
		 * handler, and for a handler whose payload type does not accept a
		 * {@link TelemetryGap}.
		 * @param gaps whether to notify the handler (default {@code false})
		 * @return this builder
		 */
		public Builder<T> gaps(boolean gaps) {
			this.gaps = gaps;
			return this;
		}

		/**
		 * Sets which threads run the handler. {@link #build()} rejects
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
		 * claimed, and delays the emitter. An event that it rejects is counted as
		 * filtered. If it throws, the event is dropped, counted as
		 * {@link DropReason#CONDITION_FAILED}; this is not a failure of the handler and
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
		 * Sets the maximum duration of a call of an asynchronous handler, which overrides
		 * the {@linkplain TelemetryRouterBuilder#handlerTimeout(Duration) router's
		 * default}. {@link #build()} rejects it for a synchronous handler, which runs on
		 * the emitting thread.
		 * @param handlerTimeout the time; zero for no timeout
		 * @return this builder
		 * @throws IllegalArgumentException if it is negative
		 */
		public Builder<T> handlerTimeout(Duration handlerTimeout) {
			this.handlerTimeout = Arguments.requireNotNegative(handlerTimeout, "handlerTimeout");
			return this;
		}

		/**
		 * Sets an action that each flush runs once the handler's events are processed. It
		 * is for an asynchronous handler that buffers events, such as a batch writer: the
		 * action passes on the buffered events. It runs on a thread of the router, and
		 * the flush waits for it until its timeout. Concurrent flushes run it one after
		 * another, so one that hangs occupies one thread. If it flushes or closes the
		 * router itself, the call does not wait, as inside a handler. {@link #build()}
		 * rejects the action for a synchronous handler.
		 * @param action returns whether all events were passed on; an exception counts as
		 * {@code false}
		 * @return this builder
		 */
		public Builder<T> onFlush(BooleanSupplier action) {
			this.onFlush = Arguments.require(action, "action");
			return this;
		}

		/**
		 * Binds the handler to a run: the handler receives only events of that run, other
		 * events are counted as filtered, and the registration ends with the run. A run
		 * ends when its last {@linkplain RunScope scope} closes or, if it has no scope,
		 * when it is no longer reachable; events that are queued then are still handled.
		 * The run may begin after the registration.
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
		 * {@linkplain TelemetryRouter#replay replayed}, too. By default, it does not
		 * receive them.
		 * @param replay whether the handler receives them
		 * @return this builder
		 */
		public Builder<T> replay(boolean replay) {
			this.replay = replay;
			return this;
		}

		/**
		 * Makes the handler the recorder of the router. A router has at most one
		 * recorder, which takes all events. A synchronous recorder is called before the
		 * event is offered to any other handler; an asynchronous recorder is offered the
		 * event first, regardless of priorities, and takes one at a time. Handlers with
		 * {@link OverflowPolicy#SPILL} read events back from the recorder. The router
		 * calls the recorder directly, even if a {@link HandlerSpecCustomizer} replaces
		 * the handler.
		 * @param recorder the recorder
		 * @return this builder
		 */
		public Builder<T> recorder(EventRecorder recorder) {
			this.recorder = Arguments.require(recorder, "recorder");
			return eventHandler(recorder::record);
		}

		/**
		 * Lets a handler with {@link OverflowPolicy#SPILL} and an id continue after a
		 * restart. The recorder stores the handler's position. When the handler is
		 * subscribed again, it first receives the events recorded after that position
		 * that match its patterns, type and condition. Delivery is at least once: the
		 * stored position lags behind the handled events by about a second and never
		 * leads, so the handler receives some events again after the process was killed.
		 * A dropped event counts as processed, unless the shutdown timeout dropped it. A
		 * handler without a stored position begins with new events.
		 * @param durable whether the handler continues (default {@code false})
		 * @return this builder
		 */
		public Builder<T> durable(boolean durable) {
			this.durable = durable;
			return this;
		}

		/**
		 * Ends the registration when an object has been collected by the garbage
		 * collector. The router does not keep the object alive. The handler must not
		 * refer to the object, or neither is ever collected.
		 * @param owner the owner
		 * @return this builder
		 */
		public Builder<T> owner(Object owner) {
			this.owner = Arguments.require(owner, "owner");
			return this;
		}

		/**
		 * Sets the class and method that declare the handler, for a framework that
		 * subscribes on behalf of other code. The default is the code that subscribes the
		 * handler.
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
		 * @throws IllegalStateException if no handler is set, or if options contradict
		 * each other, such as an option of a queue and a synchronous handler
		 */
		public HandlerSpec<T> build() {
			if (this.payloadHandler == null && this.eventHandler == null) {
				throw new IllegalStateException(
						"No handler given for " + this.patterns + ": call handler(...) or eventHandler(...)");
			}
			if (this.mode == HandlerMode.SYNC) {
				requireUnset(this.maxQueue == null, "maxQueue");
				requireUnset(this.overflow == null, "overflow");
				requireUnset(this.concurrency == 1, "concurrency");
				requireUnset(this.handlerTimeout == null, "handlerTimeout");
				requireUnset(this.thread == LaneThread.DEFAULT, "thread");
				requireUnset(!this.gaps, "gaps");
				requireUnset(this.onFlush == null, "onFlush");
			}
			if (this.gaps && !this.payloadType.isAssignableFrom(TelemetryGap.class)) {
				throw new IllegalStateException("Handler " + name() + " takes payloads of " + this.payloadType.getName()
						+ ", and 'gaps' are payloads of " + TelemetryGap.class.getName()
						+ ": let it take any payload, or remove 'gaps'");
			}
			requireSpillable();
			return new HandlerSpec<>(new Builder<>(this, this.payloadType));
		}

		private void requireSpillable() {
			boolean spills = this.overflow == OverflowPolicy.SPILL;
			if (spills && this.concurrency != 1) {
				throw new IllegalStateException("Handler " + name()
						+ " has overflow policy SPILL, which keeps the order" + " of events, and a concurrency of "
						+ this.concurrency + ", which does not: remove 'concurrency', or choose another policy");
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
			if (!all || this.condition != null || this.run != null || this.times != 0 || this.concurrency != 1) {
				throw new IllegalStateException("Handler " + name()
						+ " is the recorder, which takes all events, in order: let its pattern be '**', and leave payload"
						+ " type, condition, run, times and concurrency out");
			}
		}

		private void requireUnset(boolean unset, String option) {
			if (!unset) {
				throw new IllegalStateException("Handler " + name() + " is synchronous and has no queue, so '" + option
						+ "' would have no effect: call async(), or remove '" + option + "'");
			}
		}

		private String name() {
			return (this.id != null) ? "'" + this.id + "'" : "of " + this.patterns;
		}

	}

}
