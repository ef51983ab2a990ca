package io.telemetryrouter.spring.annotation;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.ParseException;

import io.telemetryrouter.EventHandler;
import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.LaneThread;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.TelemetryGap;
import io.telemetryrouter.spring.annotation.ListenerMethod.Shape;
import io.telemetryrouter.spring.annotation.MethodCaller.Call;

/**
 * Creates the handler of a listener method, or fails with the reason why it cannot be
 * one.
 */
final class ListenerSpecFactory {

	private final ConfigurableListableBeanFactory beanFactory;

	private final EvaluationContext evaluationContext;

	ListenerSpecFactory(ConfigurableListableBeanFactory beanFactory) {
		this.beanFactory = beanFactory;
		this.evaluationContext = ListenerCondition.context(beanFactory);
	}

	HandlerSpec<?> create(ListenerMethod method) {
		Shape shape = method.shape();
		Completion completion = method.completion();
		requireNoSpringAsync(method);
		HandlerSpec.Builder<?> builder = select(method, method.payloadType(shape));
		builder.id(id(method)).source(method.source()).replay(method.annotation().getBoolean("replay"));
		applyOptions(method, completion != null || method.annotation().getBoolean("async"), builder);
		return build(builder, shape, completion, method);
	}

	private HandlerSpec.Builder<?> select(ListenerMethod method, Class<?> payloadType) {
		try {
			String[] events = method.annotation().getStringArray("events").clone();
			for (int i = 0; i < events.length; i++) {
				events[i] = resolve(method, "event", events[i]);
			}
			if (events.length > 0) {
				HandlerSpec.Builder<Object> builder = HandlerSpec.on(events);
				return (payloadType != Object.class) ? builder.payloadType(payloadType) : builder;
			}
			if (payloadType == Object.class) {
				return HandlerSpec.on("**");
			}
			return payloadType.isAnnotationPresent(TelemetryEventType.class) ? HandlerSpec.on(EventType.of(payloadType))
					: HandlerSpec.onPayload(payloadType);
		}
		catch (IllegalArgumentException ex) {
			throw method.failure(ex.getMessage() + ".", "Correct the event name or pattern.", ex);
		}
	}

	private String id(ListenerMethod method) {
		String id = method.annotation().getString("id");
		if (id.isEmpty()) {
			return method.beanName() + "." + method.name();
		}
		String resolved = resolve(method, "id", id);
		if (resolved.isBlank()) {
			throw method.failure("Its id '" + id + "' is blank.", "Give it an id, or none to use the default.");
		}
		return resolved;
	}

	private void applyOptions(ListenerMethod method, boolean async, HandlerSpec.Builder<?> builder) {
		MergedAnnotation<TelemetryListener> annotation = method.annotation();
		applyPriority(method, builder);
		OverflowPolicy[] overflows = annotation.getEnumArray("overflow", OverflowPolicy.class);
		requireAtMostOne(method, "overflow", overflows.length);
		int maxQueue = annotation.getInt("maxQueue");
		int concurrency = annotation.getInt("concurrency");
		require(maxQueue >= 0, method, "Its maxQueue is " + maxQueue + ".",
				"Set maxQueue to a positive number, or leave it out for the router's default.");
		require(concurrency >= 1, method, "Its concurrency is " + concurrency + ".",
				"Set concurrency to a positive number.");
		boolean durable = annotation.getBoolean("durable");
		require(!durable
				|| (overflows.length == 1 && overflows[0] == OverflowPolicy.SPILL && !annotation.getBoolean("once")),
				method, "It is durable, and continues from the journal only where it spills.",
				"Set overflow = OverflowPolicy.SPILL, without once, or remove durable.");
		builder.durable(durable);
		LaneThread thread = annotation.getEnum("thread", LaneThread.class);
		boolean gaps = annotation.getBoolean("gaps");
		boolean once = annotation.getBoolean("once");
		if (once) {
			builder.once();
		}
		Duration slowThreshold = duration(method, "slowThreshold", false);
		if (slowThreshold != null) {
			builder.slowThreshold(slowThreshold);
		}
		Duration handlerTimeout = duration(method, "handlerTimeout", true);
		if (!async) {
			requireAsync(handlerTimeout == null, method, "handlerTimeout");
			requireAsync(maxQueue == 0, method, "maxQueue");
			requireAsync(overflows.length == 0, method, "overflow");
			requireAsync(concurrency == 1, method, "concurrency");
			requireAsync(thread == LaneThread.DEFAULT, method, "thread");
			requireAsync(!gaps, method, "gaps");
			return;
		}
		require(overflows.length == 0 || overflows[0] != OverflowPolicy.SPILL || concurrency == 1, method,
				"Its overflow policy SPILL keeps the order of events, and its concurrency does not.",
				"Remove concurrency, or choose another policy.");
		require(!once || concurrency == 1, method, "It handles one event only, and several at once.",
				"Remove either once or concurrency.");
		Class<?> payloadType = method.payloadType(method.shape());
		require(!gaps || payloadType.isAssignableFrom(TelemetryGap.class), method,
				"It takes payloads of " + payloadType.getName() + ", and gaps are payloads of "
						+ TelemetryGap.class.getName() + ".",
				"Let it take TelemetryEvent<?> or Object, or remove gaps.");
		builder.async().concurrency(concurrency).thread(thread).gaps(gaps);
		if (handlerTimeout != null) {
			builder.handlerTimeout(handlerTimeout);
		}
		if (maxQueue > 0) {
			builder.maxQueue(maxQueue);
		}
		if (overflows.length == 1) {
			builder.overflow(overflows[0]);
		}
	}

	private @Nullable Duration duration(ListenerMethod method, String attribute, boolean zero) {
		String text = method.annotation().getString(attribute);
		if (text.isBlank()) {
			return null;
		}
		String resolved = resolve(method, attribute, text);
		try {
			Duration duration = DurationStyle.detectAndParse(resolved);
			if (!duration.isNegative() && (zero || !duration.isZero())) {
				return duration;
			}
		}
		catch (IllegalArgumentException ex) {
			// Neither the simple nor the ISO-8601 format
		}
		throw method.failure(
				"Its " + attribute + " '" + resolved + "' is no " + (zero ? "" : "positive ") + "duration.",
				"Set " + attribute + " to a duration such as '100ms' or '5s'.");
	}

	private void applyPriority(ListenerMethod method, HandlerSpec.Builder<?> builder) {
		int[] priorities = method.annotation().getIntArray("priority");
		requireAtMostOne(method, "priority", priorities.length);
		Integer order = method.order();
		if (priorities.length == 1) {
			require(order == null || order == priorities[0], method,
					"Its priority is " + priorities[0] + " and its @Order is " + order + ".",
					"Remove either of the two.");
			builder.priority(priorities[0]);
		}
		else if (order != null) {
			builder.priority(order);
		}
	}

	private void requireNoSpringAsync(ListenerMethod method) {
		String harm = "has @Async, so Spring would run it on an executor, where the router cannot count, order or bound its events.";
		require(!method.isSpringAsync(), method, "It " + harm,
				"Set async = true in @TelemetryListener, and remove @Async. A method that returns a CompletionStage"
						+ " or a Publisher is asynchronous as it is.");
		require(!method.isOfSpringAsyncClass(), method, "Its class " + harm,
				"Set async = true in @TelemetryListener, and move the method to a class of its own.");
	}

	private static void requireAtMostOne(ListenerMethod method, String attribute, int length) {
		require(length <= 1, method, "Its " + attribute + " has " + length + " values.",
				"Set one " + attribute + ", or none.");
	}

	private static void requireAsync(boolean valid, ListenerMethod method, String attribute) {
		require(valid, method, "It is synchronous and has no queue, so its " + attribute + " would have no effect.",
				"Set async = true, or remove " + attribute + ".");
	}

	private static void require(boolean valid, ListenerMethod method, String reason, String action) {
		if (!valid) {
			throw method.failure(reason, action);
		}
	}

	private <T> HandlerSpec<T> build(HandlerSpec.Builder<T> builder, Shape shape, @Nullable Completion completion,
			ListenerMethod method) {
		String condition = method.annotation().getString("condition");
		if (!condition.isBlank()) {
			builder.condition(condition(method, resolve(method, "condition", condition)));
		}
		Call listener = ListenerCall.of(method, this.beanFactory);
		Call call = (completion != null) ? new CompletingCall(listener, completion, method) : listener;
		if (shape == Shape.EVENT) {
			EventHandler<T> handler = (event) -> call.call(event, null);
			return builder.eventHandler(handler).build();
		}
		PayloadHandler<@Nullable Object> handler = switch (shape) {
			case NAME_AND_PAYLOAD -> (event, payload) -> call.call(event, payload);
			default -> (event, payload) -> call.call(payload, null);
		};
		return builder.handler(handler).build();
	}

	private ListenerCondition condition(ListenerMethod method, String text) {
		try {
			return ListenerCondition.parse(text, this.evaluationContext);
		}
		catch (ParseException ex) {
			throw method.failure("Its condition '" + text + "' is malformed: " + ex.getSimpleMessage() + ".",
					"Correct the expression; its root is the TelemetryEvent, as in \"payload.costUsd > 1\".", ex);
		}
	}

	private String resolve(ListenerMethod method, String attribute, String text) {
		String resolved;
		try {
			resolved = this.beanFactory.resolveEmbeddedValue(text);
		}
		catch (IllegalArgumentException ex) {
			throw unresolvable(method, attribute, text, ex);
		}
		if (resolved == null || resolved.contains("${")) {
			throw unresolvable(method, attribute, text, null);
		}
		return resolved;
	}

	private TelemetryListenerDefinitionException unresolvable(ListenerMethod method, String attribute, String text,
			@Nullable Throwable cause) {
		return method.failure("The placeholder in its " + attribute + " '" + text + "' cannot be resolved.",
				"Set the property it names, or give it a default as in ${name:default}.", cause);
	}

}
