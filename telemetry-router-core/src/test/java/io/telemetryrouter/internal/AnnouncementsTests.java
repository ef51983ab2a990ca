package io.telemetryrouter.internal;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.RouterListener;

import static org.assertj.core.api.Assertions.assertThat;

class AnnouncementsTests {

	@Test
	@Tag("stress")
	void whenAnotherThreadMakesCallsThenEachNewListenerIsToldWhatThereIs() throws Exception {
		int listeners = 2000;
		AtomicInteger told = new AtomicInteger();
		for (int round = 0; round < 20; round++) {
			Announcements announcements = new Announcements(TestCores.withEventNames(10));
			AtomicBoolean making = new AtomicBoolean(true);
			Thread other = new Thread(() -> {
				while (making.get()) {
					announcements.make();
				}
			});
			other.start();
			for (int i = 0; i < listeners; i++) {
				announcements.addListener(new RouterListener() {
				}, List.of((listener) -> told.incrementAndGet()));
			}
			making.set(false);
			other.join();
			announcements.make();
			assertThat(told.getAndSet(0)).isEqualTo(listeners);
		}
	}

}
