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
			public void handlerAdded(String handlerId) {
				if (fails.getAndSet(false)) {
					throw new OutOfMemoryError("on purpose");
				}
				told.add(handlerId);
			}

		});
		announcements.make();
		announcements.add((listener) -> listener.handlerAdded("first"));
		try {
			announcements.make();
		}
		catch (Throwable ex) {
			// The exception is not the subject of this test.
			assertThat(ex).isNotNull();
		}
		announcements.add((listener) -> listener.handlerAdded("second"));
		announcements.make();
		assertThat(told).containsExactly("second");
	}

}
