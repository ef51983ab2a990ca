package io.telemetryrouter.spring.agent;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.function.SingletonSupplier;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.agent.Content;
import io.telemetryrouter.agent.Failure;
import io.telemetryrouter.agent.Run;

/**
 * The API to which adapters of agent frameworks report runs and calls. Thread-safe.
 * <p>
 * Adapters run their code inside {@link #guard}: no exception that it throws reaches the
 * application.
 *
 * @since 0.1.0
 */
public final class AgentTelemetry {

	private static final Log logger = LogFactory.getLog(AgentTelemetry.class);

	private final Supplier<TelemetryEmitter> emitter;

	private final boolean captureContent;

	/** Weak references, to find the parent of a nested run. */
	private final Map<String, LiveRun> live = new ConcurrentHashMap<>();

	private final ReferenceQueue<ObservedRun> abandoned = new ReferenceQueue<>();

	/** By the framework's name. */
	private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

	private volatile boolean reported;

	/**
	 * Creates the telemetry.
	 * @param emitter supplies the emitter of all events; called at the first event, so
	 * that an adapter may be created before the router
	 * @param captureContent whether events contain prompts, arguments, results and error
	 * messages
	 */
	public AgentTelemetry(Supplier<TelemetryEmitter> emitter, boolean captureContent) {
		this.emitter = SingletonSupplier.of(emitter);
		this.captureContent = captureContent;
	}

	/**
	 * Runs code of an adapter. Any {@link Throwable} it throws is caught and counted; the
	 * first one is logged.
	 * @param framework the framework, for the log
	 * @param code the code
	 */
	public void guard(String framework, Runnable code) {
		try {
			code.run();
		}
		catch (Throwable ex) {
			try {
				failed(framework, ex);
			}
			catch (Throwable ignored) {
				// Reporting failed too, for lack of stack or memory
			}
		}
	}

	private void failed(String framework, Throwable error) {
		this.failures.computeIfAbsent(framework, (name) -> new LongAdder()).increment();
		if (!this.reported) {
			this.reported = true;
			StackTraceElement[] stack = error.getStackTrace();
			// Without the exception's message, which may quote a prompt
			logger.warn("The telemetry adapter of '" + framework + "' failed with " + error.getClass().getName()
					+ ((stack.length > 0) ? " at " + stack[0] : "")
					+ "; events of its agents may be missing. The agents are not affected. "
					+ "Further failures are counted only.");
		}
	}

	/**
	 * Returns the number of failures of all adapters.
	 * @return the count
	 */
	public long failures() {
		return this.failures.values().stream().mapToLong(LongAdder::sum).sum();
	}

	/**
	 * Returns the number of failures of one adapter.
	 * @param framework the framework
	 * @return the count
	 */
	public long failures(String framework) {
		LongAdder count = this.failures.get(framework);
		return (count != null) ? count.sum() : 0;
	}

	/**
	 * Starts a run: emits {@code agent.run.started}.
	 * @param description the run's properties
	 * @return the run, which the caller must end
	 */
	public ObservedRun startRun(RunDescription description) {
		Run parent = (description.parent() != null) ? description.parent() : threadRun();
		String id = (description.id() != null) ? description.id() : newId();
		Run run = new Run(id, (parent != null) ? parent.id() : null, (parent != null) ? parent.rootId() : id,
				description.framework(), description.agentName(), description.conversationId());
		ObservedRun started = ObservedRun.start(this, run, emitterOf(run), description.streaming());
		LiveRun gone = (LiveRun) this.abandoned.poll();
		while (gone != null) {
			this.live.remove(gone.id, gone);
			gone = (LiveRun) this.abandoned.poll();
		}
		this.live.put(id, new LiveRun(id, started, this.abandoned));
		return started;
	}

	/**
	 * Returns the current run of the calling thread, for a call that the framework does
	 * not assign to a run. Without a current run, returns a new run without
	 * {@code agent.run} events.
	 * @param framework the framework that makes the call
	 * @return the run
	 */
	public ObservedRun currentRun(String framework) {
		RunContext context = RunContext.current();
		LiveRun known = (context != null && context.runId() != null) ? this.live.get(context.runId()) : null;
		ObservedRun observed = (known != null) ? known.get() : null;
		if (observed != null) {
			return observed;
		}
		Run run = threadRun();
		if (run == null) {
			String id = newId();
			run = new Run(id, null, id, framework, null, null);
		}
		return ObservedRun.without(this, run, emitterOf(run));
	}

	/**
	 * Returns the thread's current run, including one that the application opened.
	 */
	private @Nullable Run threadRun() {
		RunContext context = RunContext.current();
		String id = (context != null) ? context.runId() : null;
		if (context == null || id == null) {
			return null;
		}
		LiveRun known = this.live.get(id);
		ObservedRun observed = (known != null) ? known.get() : null;
		String parent = context.parentRunId();
		return (observed != null) ? observed.run()
				: new Run(id, parent, (parent != null) ? parent : id, null, null, null);
	}

	/** Returns a random UUID. It is no secret, so a fast generator is enough. */
	private static String newId() {
		ThreadLocalRandom random = ThreadLocalRandom.current();
		return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() >>> 2) | Long.MIN_VALUE)
			.toString();
	}

	private TelemetryEmitter emitterOf(Run run) {
		return this.emitter.get().forRun(run.id(), run.parentId());
	}

	void ended(Run run) {
		this.live.remove(run.id());
	}

	/**
	 * Returns a text for an event's payload.
	 * @param text supplies the text; called only if content is captured
	 * @return the text, or {@code null} if there is none or content is not captured
	 */
	public @Nullable Content content(Supplier<@Nullable String> text) {
		String captured = this.captureContent ? text.get() : null;
		return (captured != null) ? new Content(captured) : null;
	}

	/**
	 * Returns an error for an event's payload.
	 * @param error the error
	 * @return its type, and its message if content is captured
	 */
	public Failure failure(Throwable error) {
		return new Failure(error.getClass().getName(), content(error::getMessage));
	}

	/** A run that may be the parent of another. */
	private static final class LiveRun extends WeakReference<ObservedRun> {

		private final String id;

		LiveRun(String id, ObservedRun run, ReferenceQueue<ObservedRun> queue) {
			super(run, queue);
			this.id = id;
		}

	}

}
