package io.telemetryrouter.spring.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.DisposableBean;

import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Says in one line what was emitted after the router had closed and so reached no
 * handler. Destroyed after the beans that emit.
 */
final class LateEvents implements RouterListener, DisposableBean {

	private static final Log logger = LogFactory.getLog(TelemetryRouter.class);

	private static final int MAX_NAMES = 5;

	private volatile @Nullable TelemetryRouter router;

	private volatile @Nullable Map<String, Long> before;

	/**
	 * Closes a router, and counts from its totals on.
	 * @param router the router
	 */
	void close(TelemetryRouter router) {
		this.router = router;
		router.addListener(this);
		router.close();
		router.removeListener(this);
	}

	@Override
	public void closed() {
		this.before = emitted(Objects.requireNonNull(this.router));
	}

	@Override
	public void destroy() {
		TelemetryRouter closed = this.router;
		Map<String, Long> totals = this.before;
		if (closed == null || totals == null) {
			return;
		}
		Map<String, Long> late = emitted(closed);
		totals.forEach((name, count) -> late.merge(name, -count, Long::sum));
		late.values().removeIf((count) -> count <= 0);
		if (!late.isEmpty()) {
			logger.warn(describe(late));
		}
	}

	private static String describe(Map<String, Long> late) {
		List<String> names = late.entrySet()
			.stream()
			.limit(MAX_NAMES)
			.map((entry) -> "'" + LogText.printable(entry.getKey()) + "' (" + entry.getValue() + ")")
			.toList();
		int more = late.size() - names.size();
		long count = late.values().stream().mapToLong(Long::longValue).sum();
		return ((count == 1) ? "1 event was" : count + " events were")
				+ " emitted after the telemetry router had closed, and reached no handler: " + String.join(", ", names)
				+ ((more > 0) ? " and " + more + " more names" : "")
				+ ". Emit them before beans are destroyed, or let Spring wait for the threads that emit them. What these emit after this line is lost, too.";
	}

	private static Map<String, Long> emitted(TelemetryRouter router) {
		@Nullable RouterSnapshot snapshot = router.snapshot();
		// A router that is a mock has none
		return (snapshot != null) ? snapshot.events()
			.entrySet()
			.stream()
			.collect(
					Collectors.toMap(Map.Entry::getKey, (entry) -> entry.getValue().emitted(), Long::sum, TreeMap::new))
				: new TreeMap<>();
	}

}
