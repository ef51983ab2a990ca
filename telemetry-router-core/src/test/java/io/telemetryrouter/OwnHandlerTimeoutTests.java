package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * Handler timeout of a single handler.
 */
class OwnHandlerTimeoutTests {

	private final ManualTime time = new ManualTime();

	private final CountDownLatch release = new CountDownLatch(1);

	private final CountDownLatch hanging = new CountDownLatch(2);

	private TelemetryRouter router = this.time.router().build();

	@AfterEach
	void close() {
		this.release.countDown();
		this.router.close();
	}

	private void subscribe(String id, Duration timeout) {
		HandlerSpec.Builder<Object> builder = HandlerSpec.on("event").id(id).async().handler((event, payload) -> {
			this.hanging.countDown();
			this.release.await();
		});
		this.router.subscribe(((timeout != null) ? builder.handlerTimeout(timeout) : builder).build());
	}

	private long failed(String id) {
		return this.router.handlerSnapshot(id).account().failed();
	}

	@Test
	void whenAHandlerHasATimeoutThenItsCallsAloneAreGivenUp() {
		subscribe("patient", null);
		subscribe("strict", Duration.ofSeconds(1));
		this.router.emit("event", null);
		Books.pass(this.hanging);
		this.time.advance(Duration.ofSeconds(2));
		await().atMost(Duration.ofSeconds(30)).until(() -> failed("strict") == 1);
		assertThat(failed("patient")).isZero();
	}

	@Test
	void whenTheRouterHasATimeoutThenAHandlerMayTakeItsTime() {
		this.router.close();
		this.router = this.time.router().handlerTimeout(Duration.ofSeconds(1)).build();
		subscribe("patient", Duration.ZERO);
		subscribe("strict", null);
		this.router.emit("event", null);
		Books.pass(this.hanging);
		this.time.advance(Duration.ofSeconds(2));
		await().atMost(Duration.ofSeconds(30)).until(() -> failed("strict") == 1);
		assertThat(failed("patient")).isZero();
	}

	@Test
	void whenTheTimeoutMakesNoSenseThenItIsRefused() {
		HandlerSpec.Builder<Object> builder = HandlerSpec.on("event").handler((event, payload) -> {
		});
		assertThatIllegalArgumentException().isThrownBy(() -> builder.handlerTimeout(Duration.ofSeconds(-1)))
			.withMessageContaining("handlerTimeout");
		assertThatIllegalStateException().isThrownBy(() -> builder.handlerTimeout(Duration.ofSeconds(1)).build())
			.withMessageContaining("'handlerTimeout' would have no effect");
	}

}
