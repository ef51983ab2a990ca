package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RegistrationGrowthTests {

	private static final String REPORT = "Possible leak";

	private final TelemetryRouter router = TelemetryRouter.builder().registrationWarningThreshold(10).build();

	private CapturedLog log;

	@BeforeEach
	void capture() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@Test
	void whenOnePlaceRegistersTooManyThenItIsReportedOnceWithItsSite() {
		for (int i = 0; i < 10; i++) {
			register();
		}
		assertThat(this.log.lines(REPORT)).isEmpty();
		for (int i = 0; i < 30; i++) {
			register();
		}
		assertThat(this.log.lines(REPORT)).singleElement()
			.asString()
			.matches(
					"Possible leak: 11 handlers registered by io\\.telemetryrouter\\.RegistrationGrowthTests\\.register "
							+ "\\(RegistrationGrowthTests\\.java:\\d+\\) are active; "
							+ "close the subscriptions or bind them to an owner");
	}

	@Test
	void whenRegistrationsEndThenTheyDoNotCount() {
		for (int i = 0; i < 100; i++) {
			register().close();
			this.router.subscribeOnce("once", (event, payload) -> {
			});
			this.router.emit("once", null);
		}
		assertThat(this.log.lines(REPORT)).isEmpty();
	}

	@Test
	void whenOthersOfThePlaceStayThenThoseThatEndDoNotCount() {
		for (int i = 0; i < 9; i++) {
			register();
		}
		for (int i = 0; i < 100; i++) {
			register().close();
		}
		register();
		assertThat(this.log.lines(REPORT)).isEmpty();
		register();
		assertThat(this.log.lines(REPORT)).singleElement().asString().contains("11 handlers");
	}

	@Test
	void whenPlacesDifferThenEachHasItsOwnCount() {
		List<Subscription> subscriptions = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			subscriptions.add(register());
			subscriptions.add(registerElsewhere());
		}
		assertThat(this.log.lines(REPORT)).isEmpty();
	}

	@Test
	void whenSourceIsGivenThenItIsTheSite() {
		for (int i = 0; i < 11; i++) {
			this.router.subscribe(HandlerSpec.on("x").source("agentBean.onTool\nforged").handler((event, payload) -> {
			}).build());
		}
		assertThat(this.log.lines(REPORT)).singleElement()
			.asString()
			.contains("registered by agentBean.onTool\uFFFDforged are active");
	}

	@Test
	@Tag("stress")
	void whenOnceHandlersLeaveAtOnceThenTheyDoNotCount() throws Exception {
		AtomicBoolean emitting = new AtomicBoolean(true);
		Thread emitter = new Thread(() -> {
			while (emitting.get()) {
				this.router.emit("race", null);
			}
		});
		emitter.start();
		for (int i = 0; i < 300; i++) {
			// Fires on the other thread, often before this call returns.
			Subscription once = this.router.subscribeOnce("race", (event, payload) -> {
			});
			Books.spinUntil(() -> !once.isActive());
		}
		emitting.set(false);
		emitter.join();
		assertThat(this.router.snapshot().handlers()).isEmpty();
		for (int i = 0; i < 9; i++) {
			register();
		}
		assertThat(this.log.lines(REPORT)).isEmpty();
	}

	private Subscription register() {
		return this.router.subscribe("x", (event, payload) -> {
		});
	}

	private Subscription registerElsewhere() {
		return this.router.subscribe("x", (event, payload) -> {
		});
	}

}
