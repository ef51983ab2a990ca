package io.telemetryrouter.internal.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;

class AnnouncementsTests {

	/** Reports fail, as for want of memory. */
	@SuppressWarnings("NullAway")
	private final Reporter brokenReporter = new Reporter((LogWriter) null, new Ticker(null));

	@Test
	void whenAListenerAndItsReportFailThenLaterAnnouncementsAreMade() {
		Announcements announcements = new Announcements(this.brokenReporter);
		AtomicBoolean fails = new AtomicBoolean(true);
		List<String> told = new ArrayList<>();
		announcements.addListener(new RouterListener() {

			@Override
			public void eventRemoved(String event) {
				if (fails.getAndSet(false)) {
					throw new OutOfMemoryError("on purpose");
				}
				told.add(event);
			}

		});
		announcements.make();
		announcements.add((listener) -> listener.eventRemoved("first"));
		try {
			announcements.make();
		}
		catch (Throwable ex) {
			// The exception is not the subject of this test.
			assertThat(ex).isNotNull();
		}
		announcements.add((listener) -> listener.eventRemoved("second"));
		announcements.make();
		assertThat(told).containsExactly("second");
	}

}
