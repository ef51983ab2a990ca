package io.telemetryrouter.sample.observe;

import java.time.Duration;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.stereotype.Component;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Records the latency of the model and the tools. Synchronous: adding to a counter is
 * cheaper than a hand-off to another thread.
 *
 * @since 0.1.0
 */
@Component
public class LatencyTracker {

	private final Timing model = new Timing();

	private final Timing tools = new Timing();

	@TelemetryListener(replay = true)
	void onModelCall(ModelCall.Completed call) {
		this.model.add(call.duration());
	}

	@TelemetryListener(replay = true)
	void onTool(ToolCall.Completed call) {
		this.tools.add(call.duration());
	}

	@TelemetryListener(replay = true)
	void onToolFailure(ToolCall.Failed call) {
		this.tools.add(call.duration());
	}

	/**
	 * Returns the latency of the model.
	 * @return the timing
	 */
	public Timing model() {
		return this.model;
	}

	/**
	 * Returns the latency of the tools.
	 * @return the timing
	 */
	public Timing tools() {
		return this.tools;
	}

	/**
	 * Mean and maximum of durations.
	 */
	public static final class Timing {

		private final LongAdder count = new LongAdder();

		private final LongAdder nanos = new LongAdder();

		private final LongAccumulator maxNanos = new LongAccumulator(Long::max, 0);

		void add(Duration duration) {
			this.count.increment();
			this.nanos.add(duration.toNanos());
			this.maxNanos.accumulate(duration.toNanos());
		}

		/**
		 * Returns the mean.
		 * @return the mean, or zero
		 */
		public Duration mean() {
			return Duration.ofNanos(this.nanos.sum() / Math.max(1, this.count.sum()));
		}

		/**
		 * Returns the maximum.
		 * @return the maximum, or zero
		 */
		public Duration max() {
			return Duration.ofNanos(this.maxNanos.get());
		}

	}

}
