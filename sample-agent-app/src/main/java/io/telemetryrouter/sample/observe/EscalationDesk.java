package io.telemetryrouter.sample.observe;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.stereotype.Component;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.spring.annotation.TelemetryListener;
import io.telemetryrouter.spring.cost.BudgetThreshold;

/**
 * Escalates each exhausted budget once: every run has a handler of its own that is
 * removed after its first event, or at the end of the run. The handlers have generated
 * ids, because handler ids are tags of meters, and a run's id must not become one.
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
	void onRunStarted(AgentRun.Started started) {
		String runId = started.run().id();
		this.openByRun.put(runId,
				this.router.subscribe(HandlerSpec.on(EventType.of(BudgetThreshold.class))
					.condition((event) -> isExhausted(event.payload()) && event.payload().run().id().equals(runId))
					.once()
					// In production: page the person on call
					.handler((event, threshold) -> this.escalations.increment())
					.build()));
	}

	private static boolean isExhausted(BudgetThreshold threshold) {
		return threshold.percent().intValue() >= 100;
	}

	@TelemetryListener({ "agent.run.completed", "agent.run.failed", "agent.run.cancelled" })
	void onRunEnded(AgentRun end) {
		Subscription subscription = this.openByRun.remove(end.run().id());
		if (subscription != null) {
			subscription.close();
		}
	}

	/**
	 * Returns the number of budgets that were escalated since the start.
	 * @return the number
	 */
	public long escalations() {
		return this.escalations.sum();
	}

}
