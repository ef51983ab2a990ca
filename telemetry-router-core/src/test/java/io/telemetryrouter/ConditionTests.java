package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A failed evaluation of a condition is no failure of its handler.
 */
class ConditionTests {

	private final ManualTime time = new ManualTime();

	private final AtomicInteger calls = new AtomicInteger();

	private final List<HandlerFailure> failures = new ArrayList<>();

	private TelemetryRouter router;

	private CapturedLog log;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().errorListener(this.failures::add).build();
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private void subscribeChoosy(HandlerSpec.Builder<Object> spec) {
		this.router.subscribe(spec.id("choosy")
			.condition((event) -> (int) ((Map<?, ?>) event.payload()).get("cost") > 1)
			.handler((event, payload) -> this.calls.incrementAndGet())
			.build());
	}

	private static Map<String, Long> dropped(HandlerAccount account) {
		return account.dropped()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getValue() != 0)
			.collect(Collectors.toMap((entry) -> entry.getKey().label(), Map.Entry::getValue));
	}

	@ParameterizedTest
	@EnumSource
	void whenConditionCannotBeDecidedThenItIsCountedApartAndNeverQuarantines(HandlerMode mode) {
		subscribeChoosy(HandlerSpec.on("x").mode(mode));
		for (int i = 0; i < 50; i++) {
			this.router.emit("x", Map.of("other", 1));
		}
		this.router.emit("x", Map.of("cost", 0));
		this.router.emit("x", Map.of("cost", 2));
		RouterSnapshot snapshot = Books.balanced(this.router);
		HandlerSnapshot handler = snapshot.handlers().get("choosy");
		assertThat(handler.status()).isEqualTo(HandlerStatus.ACTIVE);
		assertThat(this.calls).hasValue(1);
		HandlerAccount account = handler.account();
		assertThat(account.offered()).isEqualTo(52);
		assertThat(account.handled()).isOne();
		assertThat(account.filtered()).isOne();
		assertThat(account.failed()).isZero();
		assertThat(dropped(account)).isEqualTo(Map.of("condition_failed", 50L));
		assertThat(handler.failures()).isEmpty();
	}

	@Test
	void whenConditionCannotBeDecidedThenLineSaysConditionOnceAMinute() {
		subscribeChoosy(HandlerSpec.on("x"));
		for (int i = 0; i < 3; i++) {
			this.router.emit("x", Map.of());
		}
		assertThat(this.log.lines("'choosy'")).containsExactly(
				"Condition of handler 'choosy' failed on event 'x', which counts as condition_failed and is not handled");
		assertThat(this.log.records("'choosy'").get(0).getThrown()).isInstanceOf(NullPointerException.class);
		assertThat(this.failures).hasSize(3)
			.allSatisfy((failure) -> assertThat(failure.handlerId()).isEqualTo("choosy"));
	}

	@Test
	void whenConditionFailsThenOnceHandlerIsNotConsumed() {
		subscribeChoosy(HandlerSpec.on("x").once());
		this.router.emit("x", Map.of());
		this.router.emit("x", Map.of("cost", 2));
		assertThat(this.calls).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenConditionFailsThenAQuarantinedHandlerIsNotKeptFromRecovering(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("x")
			.id("sick")
			.mode(mode)
			.condition((event) -> !event.payload().equals("none"))
			.handler((event, payload) -> {
				if (payload.equals("bad")) {
					throw new IllegalStateException("on purpose");
				}
			})
			.build());
		for (int i = 0; i < 10; i++) {
			this.router.emit("x", "bad");
		}
		Books.balanced(this.router);
		assertThat(this.router.handlerSnapshot("sick").status()).isEqualTo(HandlerStatus.QUARANTINED);
		this.time.advance(QuarantineSettings.defaults().delay());
		this.router.emit("x", null);
		this.router.emit("x", "good");
		Books.balanced(this.router);
		assertThat(this.router.handlerSnapshot("sick").status()).isEqualTo(HandlerStatus.ACTIVE);
	}

}
