package io.telemetryrouter.spring.annotation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Waits until what a method returned has completed, so that its lane takes the next event
 * only then.
 */
@FunctionalInterface
interface Completion {

	/**
	 * Starts what was returned, if it needs to be, and returns its completion.
	 * @param result what the method returned
	 * @return its completion; cancelled when nobody waits for it any more
	 */
	CompletableFuture<?> start(Object result);

	/**
	 * Waits for the completion of what a method returned.
	 * @param result what the method returned
	 * @throws Exception what it failed with, be it an error, or an
	 * {@link InterruptedException} if the wait was interrupted
	 */
	default void await(Object result) throws Exception {
		CompletableFuture<?> future = start(result);
		try {
			future.get();
		}
		catch (ExecutionException ex) {
			throw MethodCaller.sneaky(unwrap(ex));
		}
		catch (InterruptedException ex) {
			future.cancel(true);
			Thread.currentThread().interrupt();
			throw ex;
		}
	}

	private static Throwable unwrap(Throwable error) {
		Throwable cause = error;
		while ((cause instanceof ExecutionException || cause instanceof CompletionException)
				&& cause.getCause() != null) {
			cause = cause.getCause();
		}
		return cause;
	}

	/**
	 * Returns what waits for results of a type.
	 * @param type what the method returns
	 * @return {@code null} if there is nothing to wait for
	 */
	static @Nullable Completion of(Class<?> type) {
		if (CompletionStage.class.isAssignableFrom(type)) {
			return Completion::ofStage;
		}
		if (ClassUtils.isPresent("org.reactivestreams.Publisher", Completion.class.getClassLoader())) {
			return PublisherCompletion.of(type);
		}
		return null;
	}

	// Not toCompletableFuture(): it is optional, and cancelling it would reach the stage
	private static CompletableFuture<?> ofStage(Object result) {
		CompletableFuture<@Nullable Object> future = new CompletableFuture<>();
		((CompletionStage<?>) result).whenComplete((value, error) -> {
			if (error != null) {
				future.completeExceptionally(error);
			}
			else {
				future.complete(null);
			}
		});
		return future;
	}

}
