package io.telemetryrouter.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.google.common.eventbus.AllowConcurrentEvents;
import com.google.common.eventbus.Subscribe;
import io.micrometer.core.instrument.Timer;
import net.engio.mbassy.listener.Handler;
import net.engio.mbassy.listener.Listener;
import net.engio.mbassy.listener.References;
import org.jspecify.annotations.Nullable;

import org.springframework.context.event.EventListener;

import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Template of the {@link Observer} classes, with the annotations of all contenders. A
 * top-level class, because a copy of a nested class would not match its outer class.
 */
@Listener(references = References.Strong)
public final class ObserverTemplate implements Observer {

	private final boolean counting;

	private final @Nullable Timer timer;

	private long count;

	public ObserverTemplate(boolean counting, @Nullable Timer timer) {
		this.counting = counting;
		this.timer = timer;
	}

	@Override
	@org.greenrobot.eventbus.Subscribe
	@Subscribe
	@AllowConcurrentEvents
	@Handler
	@EventListener
	@TelemetryListener(Usage.EVENT)
	public void on(Usage usage) {
		if (this.timer == null) {
			handle(usage);
			return;
		}
		long start = System.nanoTime();
		try {
			handle(usage);
		}
		finally {
			this.timer.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
		}
	}

	private void handle(Usage usage) {
		// Always false without counting, but the compiler cannot know it.
		if (this.counting || usage.inputTokens() <= 0) {
			this.count += usage.inputTokens();
		}
	}

	@Override
	public PayloadHandler<Object> lambda() {
		return (event, payload) -> on((Usage) payload);
	}

	@Override
	public Consumer<Usage> consumer() {
		return (usage) -> on(usage);
	}

	@Override
	public String toString() {
		return "count " + this.count;
	}

}
