package io.telemetryrouter.spring.annotation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

@ExtendWith(OutputCaptureExtension.class)
class ListenerHierarchyTests {

	private static final AtomicInteger created = new AtomicInteger();

	private static final List<String> received = new ArrayList<>();

	private final ApplicationContextRunner contextRunner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class));

	@BeforeEach
	void reset() {
		created.set(0);
		received.clear();
	}

	@Test
	void whenParentHasRouterThenChildUsesItAndEachBeanListensOnce() {
		this.contextRunner.withBean("inParent", InterfaceListener.class).run((parent) -> {
			this.contextRunner.withParent(parent).withBean("inChild", InterfaceListener.class).run((child) -> {
				assertThat(child.getBean(TelemetryRouter.class)).isSameAs(parent.getBean(TelemetryRouter.class));
				assertThat(handlerIds(child)).containsExactly("inParent.on", "inChild.on");
				emit(child, "a");
				assertThat(received).containsExactly("a", "a");
			});
			assertThat(handlerIds(parent)).containsExactly("inParent.on");
			emit(parent, "b");
			assertThat(received).containsExactly("a", "a", "b");
		});
	}

	@Test
	void whenSiblingsHaveSameListenersThenEachListensUnderAnIdOfItsOwn(CapturedOutput output) {
		ApplicationContextRunner sibling = this.contextRunner.withBean("listener", InterfaceListener.class)
			.withBean("named", NamedListener.class);
		this.contextRunner.withPropertyValues("telemetry-router.handlers.listener.on.priority=7").run((parent) -> {
			sibling.withParent(parent).run((first) -> {
				assertThat(first).hasNotFailed();
				sibling.withParent(parent).run((second) -> {
					assertThat(second).hasNotFailed();
					assertThat(handlerIds(parent)).containsExactly("listener.on", "audit", "listener.on#2", "audit#2");
					assertThat(router(parent).handlerSnapshot("listener.on#2").priority()).isEqualTo(7);
					emit(second, "a");
					assertThat(received).containsExactly("named a", "named a", "a", "a");
				});
				assertThat(handlerIds(parent)).containsExactly("listener.on", "audit");
			});
		});
		assertThat(output)
			.contains("Handler id 'listener.on' is used by another context that shares the TelemetryRouter of the"
					+ " parent context: method ")
			.contains("InterfaceListener.on(java.lang.String)' of bean 'listener' is handler 'listener.on#2'");
	}

	@Test
	void whenSiblingsShareParentsRouterButNoProcessorThenParentsBeansListenOnce() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
			parent.registerBean("inParent", InterfaceListener.class);
			parent.registerBean("router", TelemetryRouter.class, () -> TelemetryRouter.builder().build());
			parent.refresh();
			this.contextRunner.withParent(parent).run((first) -> this.contextRunner.withParent(parent).run((second) -> {
				assertThat(second).hasNotFailed();
				emit(second, "a");
				assertThat(received).containsExactly("a");
			}));
		}
	}

	@Test
	void whenParentHasNoProcessorThenChildLooksAfterItsBeans() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext()) {
			parent.registerBean("inParent", InterfaceListener.class);
			parent.refresh();
			this.contextRunner.withParent(parent).withBean("inChild", InterfaceListener.class).run((child) -> {
				assertThat(handlerIds(child)).containsExactly("inChild.on", "inParent.on");
				emit(child, "a");
				assertThat(received).containsExactly("a", "a");
			});
			assertThat(parent.getBeanFactory()).extracting("disposableBeans")
				.asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
				.isEmpty();
		}
	}

	private static void emit(AssertableApplicationContext context, String payload) {
		context.getBean(TelemetryEmitter.class).emit("x", payload);
	}

	private static TelemetryRouter router(AssertableApplicationContext context) {
		return context.getBean(TelemetryRouter.class);
	}

	private static Iterable<String> handlerIds(AssertableApplicationContext context) {
		return router(context).snapshot().handlers().keySet();
	}

	interface Listener {

		void on(String payload);

	}

	static class InterfaceListener implements Listener {

		@Override
		@TelemetryListener("x")
		public void on(String payload) {
			received.add(payload);
		}

	}

	static class NamedListener {

		@TelemetryListener(events = "x", id = "audit")
		void on(String payload) {
			received.add("named " + payload);
		}

	}

}
