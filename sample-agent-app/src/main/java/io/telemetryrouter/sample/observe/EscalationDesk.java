package io.telemetryrouter.sample.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.stereotype.Component;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.sample.agent.AgentRunCompleted;
import io.telemetryrouter.sample.agent.AgentRunStarted;
import io.telemetryrouter.sample.agent.BudgetThresholdHit;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Escalates each exhausted budget once: every run gets a handler of its own that leaves
 * with its first event, or with the run. The handlers get no id of ours, since ids become
 * tags of meters and a run's id must not.
 *
 * @since 0.1.0
 */
@Component
public class EscalationDesk {

	private final TelemetryRouter router;

	private final Map<String, Subscription> openByRun = new ConcurrentHashMap<>();

	private final LongAdder escalations = new LongAdder();

	EscalationDesk(TelemetryRouter router) {
		this.router = router;
	}

	@TelemetryListener
	void onRunStarted(AgentRunStarted run) {
		String runId = run.runId();
		this.openByRun.put(runId,
				this.router.subscribe(HandlerSpec.on(EventType.of(BudgetThresholdHit.class))
					.condition((event) -> event.payload().isExhausted() && event.payload().runId().equals(runId))
					.once()
					// In earnest: page whoever answers for the run
					.handler((event, hit) -> this.escalations.increment())
					.build()));
	}

	@TelemetryListener
	void onRunCompleted(AgentRunCompleted run) {
		Subscription subscription = this.openByRun.remove(run.runId());
		if (subscription != null) {
			subscription.close();
		}
	}

	/**
	 * Returns how many budgets have been escalated since the start.
	 * @return the number
	 */
	public long escalations() {
		return this.escalations.sum();
	}

}
