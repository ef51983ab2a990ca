package io.telemetryrouter.spring.slice;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.context.bean.override.mockito.MockitoSpyBean;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.timeout;

/**
 * Tests for applications whose emitter or router a test replaces.
 */
class MockedRouterTests {

	@Nested
	@SpringBootTest
	class MockedEmitter {

		@MockitoBean
		private TelemetryEmitter telemetry;

		@Autowired
		private RunController controller;

		@Autowired
		private TelemetryRouter router;

		@Test
		void whenEmitterIsMockedThenApplicationEmitsToMockAndRouterStays() {
			this.controller.run();
			then(this.telemetry).should().emit("run_started", "r1");
			assertThat(this.router.handlerSnapshot("runListener.on")).isNotNull();
			assertThat(this.router.eventSnapshot("run_started").emitted()).isZero();
		}

	}

	@Nested
	@SpringBootTest(properties = "telemetry-router.handlers.runListener.on.priority=3")
	class MockedRouter {

		@MockitoBean
		private TelemetryRouter router;

		@Autowired
		private TelemetryEmitter telemetry;

		@Autowired
		private RunController controller;

		@Autowired
		private ConfigurableApplicationContext context;

		@Test
		void whenRouterIsMockedThenApplicationEmitsToMock() {
			this.controller.run();
			this.telemetry.emitAsync("run_ended", "r1");
			then(this.router).should().emit("run_started", "r1");
			then(this.router).should().emitAsync("run_ended", "r1");
		}

		@AfterEach
		void pause() {
			this.context.stop();
			this.context.start();
		}

	}

	@Nested
	@SpringBootTest
	class MockedListener {

		@MockitoBean
		private RunListener listener;

		@Autowired
		private RunController controller;

		@Test
		void whenListenerIsMockedThenMockReceivesEvents() {
			this.controller.run();
			then(this.listener).should().on("r1");
		}

	}

	@Nested
	@SpringBootTest
	class SpiedBeans {

		@MockitoSpyBean
		private TelemetryEmitter telemetry;

		@MockitoSpyBean
		private TelemetryRouter router;

		@MockitoSpyBean
		private RunListener listener;

		@Autowired
		private RunController controller;

		@Test
		void whenEmitterRouterAndListenerAreSpiedThenEventsPassAll() {
			this.controller.run();
			then(this.telemetry).should().emit("run_started", "r1");
			then(this.router).should().emit("run_started", "r1");
			then(this.listener).should().on("r1");
			then(this.listener).should(timeout(30_000)).later("r1");
		}

	}

	@Nested
	@SpringBootTest
	@Import(OwnEmitter.class)
	class ReplacedEmitter {

		@Autowired
		private TelemetryEmitter telemetry;

		@Autowired
		private TelemetryRouter router;

		@Test
		void whenTestDefinesEmitterThenApplicationEmitsToIt() {
			assertThat(Mockito.mockingDetails(this.telemetry).isMock()).isTrue();
			assertThat(Mockito.mockingDetails(this.router).isMock()).isFalse();
		}

	}

	@Nested
	@SpringBootTest
	class TestBeans {

		@TestBean
		private TelemetryRouter router;

		@Autowired
		private RunController controller;

		static TelemetryRouter router() {
			return TelemetryRouter.builder().build();
		}

		@Test
		void whenRouterIsTestBeanThenApplicationEmitsToItAndListenersListen() {
			this.controller.run();
			assertThat(this.router.handlerSnapshot("runListener.on").account().handled()).isOne();
		}

	}

	@Nested
	@SpringBootTest
	@Import(OwnRouter.class)
	class MockedEmitterOfOwnRouter {

		@MockitoBean
		private TelemetryEmitter telemetry;

		@Autowired
		private TelemetryRouter router;

		@Autowired
		private RunController controller;

		@Test
		void whenRouterIsTheApplicationsOwnThenEmitterIsMockedAllTheSame() {
			this.controller.run();
			then(this.telemetry).should().emit("run_started", "r1");
			assertThat(this.router.handlerSnapshot("runListener.on")).isNotNull();
		}

	}

	@Nested
	@SpringBootTest
	@Import({ OwnRouter.class, PrimaryRouter.class })
	class TwoRouters {

		@Autowired
		private TelemetryEmitter telemetry;

		@Autowired
		private TelemetryRouter router;

		@Test
		void whenOneOfSeveralRoutersIsPrimaryThenItIsTheEmitter() {
			assertThat(this.telemetry).isSameAs(this.router);
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class OwnEmitter {

		@Bean
		TelemetryEmitter recordingEmitter() {
			return Mockito.mock(TelemetryEmitter.class);
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class OwnRouter {

		@Bean
		TelemetryRouter ownRouter() {
			return TelemetryRouter.builder().build();
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	static class PrimaryRouter {

		@Bean
		@Primary
		TelemetryRouter primaryRouter() {
			return TelemetryRouter.builder().build();
		}

	}

}
