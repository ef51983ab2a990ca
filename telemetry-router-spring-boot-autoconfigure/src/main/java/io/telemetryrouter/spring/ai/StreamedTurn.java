package io.telemetryrouter.spring.ai;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.Usage;
import org.springframework.ai.chat.model.ChatResponse;

import org.springframework.util.StringUtils;

/**
 * What the stream of a turn has and its observation lacks: the time of the first token,
 * and the counts of cached tokens. Stored in the context of an observation.
 */
final class StreamedTurn {

	/** A reading of {@link System#nanoTime()} is very unlikely to have this value. */
	private static final long NEVER = Long.MIN_VALUE;

	private static final Runnable ENDED = () -> {
	};

	private final AtomicLong arrived = new AtomicLong(NEVER);

	private volatile @Nullable Usage cacheUsage;

	/** What to do at the end of the stream, or {@link #ENDED} after it. */
	private final AtomicReference<@Nullable Runnable> atEnd = new AtomicReference<>();

	/** Called with each part of the response. */
	void received(@Nullable ChatResponse part) {
		if (part == null) {
			return;
		}
		if (this.arrived.get() == NEVER && hasText(part)) {
			this.arrived.compareAndSet(NEVER, System.nanoTime());
		}
		Usage usage = part.getMetadata().getUsage();
		if (usage != null && (usage.getCacheReadInputTokens() != null || usage.getCacheWriteInputTokens() != null)) {
			this.cacheUsage = usage;
		}
	}

	private static boolean hasText(ChatResponse part) {
		return part.getResults().stream().anyMatch((result) -> StringUtils.hasLength(result.getOutput().getText()));
	}

	/** Called at the end of the stream, before its subscriber sees the end. */
	void ended() {
		Runnable action = this.atEnd.getAndSet(ENDED);
		if (action != null) {
			action.run();
		}
	}

	/** Runs an action when the stream has ended, which may be now. */
	void atEnd(Runnable action) {
		if (!this.atEnd.compareAndSet(null, action)) {
			action.run();
		}
	}

	/** Returns the last usage with counts of cached tokens, or {@code null}. */
	@Nullable Usage cacheUsage() {
		return this.cacheUsage;
	}

	/**
	 * Returns the time to the first token.
	 * @param elapsed the time since the call began
	 * @param duration the duration of the call, which may end before its first token is
	 * observed
	 * @return the time from the start of the call to the token, or {@code null} without
	 * one
	 */
	@Nullable Duration timeToFirstToken(Duration elapsed, Duration duration) {
		long arrived = this.arrived.get();
		if (arrived == NEVER) {
			return null;
		}
		long nanos = elapsed.toNanos() - (System.nanoTime() - arrived);
		return Duration.ofNanos(Math.max(0, Math.min(nanos, duration.toNanos())));
	}

}
