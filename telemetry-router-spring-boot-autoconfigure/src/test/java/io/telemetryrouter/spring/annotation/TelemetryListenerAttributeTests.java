package io.telemetryrouter.spring.annotation;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.annotation.AliasFor;
import org.springframework.core.annotation.Order;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.OverflowPolicy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the attributes of {@link TelemetryListener} and for other annotations on the
 * method.
 */
@ExtendWith(OutputCaptureExtension.class)
class TelemetryListenerAttributeTests extends ListenerContext {

	@Test
	void whenAttributesAreSetThenHandlerHasThem() {
		run(new Options(), (router, listener) -> {
			HandlerSnapshot handler = router.handlerSnapshot("audit");
			assertThat(handler.mode()).isEqualTo(HandlerMode.ASYNC);
			assertThat(handler.priority()).isEqualTo(-5);
			assertThat(handler.queueCapacity()).isEqualTo(7);
			assertThat(handler.overflow()).isEqualTo(OverflowPolicy.DROP_OLDEST);
			assertThat(handler.concurrency()).isEqualTo(2);
			assertThat(handler.patterns()).containsExactly("model.*", "tool.**");
			HandlerSnapshot once = router.handlerSnapshot("bean.once");
			assertThat(once.isOnce()).isTrue();
			assertThat(once.mode()).isEqualTo(HandlerMode.SYNC);
		});
	}

	@Test
	void whenMethodHasOrderThenItIsItsPriority() {
		run(new Ordered(), (router, listener) -> {
			router.emit("x", null);
			assertThat(listener.events).containsExactly("first", "inherited", "third", "fourth", "last");
			assertThat(router.handlerSnapshot("bean.first").priority()).isEqualTo(-1);
			assertThat(router.handlerSnapshot("bean.third").priority()).isEqualTo(3);
			assertThat(router.handlerSnapshot("bean.fourth").priority()).isEqualTo(4);
			assertThat(router.handlerSnapshot("bean.last").priority()).isEqualTo(Integer.MAX_VALUE);
		});
	}

	@Test
	void whenTextsHavePlaceholdersThenTheyAreResolved() {
		this.contextRunner.withPropertyValues("agent.event=model.response", "agent.id=the-id", "agent.limit=1.0")
			.withBean("bean", Placeholders.class)
			.run(with(Placeholders.class, (router, listener) -> {
				assertThat(router.handlerSnapshot("the-id").patterns()).containsExactly("model.response", "default");
				router.emit("model.response", new ModelResponse("cheap", 0.5));
				router.emit("model.response", new ModelResponse("dear", 1.5));
				assertThat(listener.events).containsExactly("dear");
			}));
	}

	@Test
	void whenAnnotationIsComposedThenItsAttributesAreMerged() {
		run(new Composed(), (router, listener) -> {
			HandlerSnapshot handler = router.handlerSnapshot("bean.on");
			assertThat(handler.mode()).isEqualTo(HandlerMode.ASYNC);
			assertThat(handler.patterns()).containsExactly("tool.*");
		});
	}

	@Test
	void whenAnnotationIsOnInterfaceThenImplementationListens() {
		run(new ImplementsListener(), (router, listener) -> {
			router.emit("x", new Plain("p"));
			assertThat(listener.events).containsExactlyInAnyOrder("implemented p", "default p");
		});
	}

	@Test
	void whenAnnotationIsOnInterfaceFarAboveThenClassListens() {
		run(new InheritsListener(), (router, listener) -> {
			router.emit("x", new Plain("p"));
			assertThat(listener.events).containsExactly("implemented p");
		});
	}

	@Test
	void whenConditionReadsRecordThenComponentsAreProperties() {
		run(new Conditions(), (router, listener) -> {
			router.emit("model.response", new ModelResponse("dear", 1.5));
			router.emit("model.response", new ModelResponse("cheap", 0.5));
			assertThat(listener.events).containsExactlyInAnyOrder("property dear", "accessor dear", "bean dear",
					"name dear", "name cheap");
			assertThat(account(router, "bean.property").filtered()).isEqualTo(1);
			assertThat(account(router, "bean.nothing").filtered()).isEqualTo(2);
			assertThat(account(router, "bean.failing").failed()).isZero();
			assertThat(account(router, "bean.failing").dropped()).containsEntry(DropReason.CONDITION_FAILED, 2L);
		});
	}

	@Test
	void whenConditionReadsMapThenEntriesAreProperties() {
		run(new MapCondition(), (router, listener) -> {
			router.emit("x", Map.of("cost", 2));
			router.emit("x", Map.of("cost", 0));
			assertThat(listener.events).containsExactly(2);
		});
	}

	static class Options extends Received {

		@TelemetryListener(events = { "model.*", "tool.**" }, id = "audit", priority = -5, async = true, maxQueue = 7,
				overflow = OverflowPolicy.DROP_OLDEST, concurrency = 2)
		void on() {
		}

		@TelemetryListener(events = "x", once = true)
		void once() {
		}

	}

	interface OrderedListener {

		@Order(2)
		@TelemetryListener("x")
		void inherited();

	}

	static class Ordered extends Received implements OrderedListener {

		@Order
		@TelemetryListener("x")
		void last() {
			add("last");
		}

		@Order(4)
		@TelemetryListener(events = "x", priority = 4)
		void fourth() {
			add("fourth");
		}

		@TelemetryListener(events = "x", priority = 3)
		void third() {
			add("third");
		}

		@Override
		public void inherited() {
			add("inherited");
		}

		@Order(-1)
		@TelemetryListener("x")
		void first() {
			add("first");
		}

	}

	static class Placeholders extends Received {

		@TelemetryListener(events = { "${agent.event}", "${agent.other:default}" }, id = "${agent.id}",
				condition = "payload.costUsd > ${agent.limit}")
		void on(ModelResponse response) {
			add(response.model());
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@TelemetryListener(async = true)
	@interface AsyncListener {

		@AliasFor(annotation = TelemetryListener.class, attribute = "events")
		String[] value();

	}

	static class Composed extends Received {

		@AsyncListener("tool.*")
		void on() {
		}

	}

	interface PlainListener {

		@TelemetryListener("x")
		void implemented(Plain plain);

		@TelemetryListener("x")
		default void inDefault(Plain plain) {
			((Received) this).add("default " + plain.text());
		}

	}

	static class ImplementsListener extends Received implements PlainListener {

		@Override
		public void implemented(Plain plain) {
			add("implemented " + plain.text());
		}

	}

	interface FarListener {

		@TelemetryListener("x")
		void implemented(Plain plain);

	}

	interface ExtendedListener extends FarListener {

	}

	abstract static class AbstractListener extends Received implements ExtendedListener {

		@Override
		public void implemented(Plain plain) {
			add("implemented " + plain.text());
		}

	}

	static class InheritsListener extends AbstractListener {

	}

	public static class Conditions extends Received {

		public boolean accepts(ModelResponse response) {
			return response.costUsd() > 1;
		}

		@TelemetryListener(condition = "payload.costUsd > 1")
		void property(ModelResponse response) {
			add("property " + response.model());
		}

		@TelemetryListener(condition = "payload.costUsd() > 1")
		void accessor(ModelResponse response) {
			add("accessor " + response.model());
		}

		@TelemetryListener(condition = "@bean.accepts(payload)")
		void bean(ModelResponse response) {
			add("bean " + response.model());
		}

		@TelemetryListener(events = "*.response", condition = "name == 'model.response' and sequence > 0")
		void name(ModelResponse response) {
			add("name " + response.model());
		}

		@TelemetryListener(condition = "null")
		void nothing(ModelResponse response) {
			add("nothing");
		}

		@TelemetryListener(condition = "payload.noSuchThing")
		void failing(ModelResponse response) {
			add("failing");
		}

	}

	static class MapCondition extends Received {

		@TelemetryListener(events = "x", condition = "payload.cost > 1")
		void on(Map<String, Object> payload) {
			add(payload.get("cost"));
		}

	}

}
