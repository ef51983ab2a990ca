package io.telemetryrouter.spring.annotation;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Waits for the completion of an asynchronous method's result, so that its lane takes the
 * next event only afterwards.
 */
@FunctionalInterface
interface Completion {

	/**
	 * Subscribes to the result if necessary and returns its completion.
	 * @param result the method's result
	 * @return the completion, which {@link #await} cancels if it is interrupted
	 */
	CompletableFuture<?> start(Object result);

	/**
	 * Waits for the completion of a method's result.
	 * @param result the method's result
	 * @throws Exception the {@link Throwable} that the result failed with, or an
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
	 * Returns the completion for a method's return type.
	 * @param type the return type
	 * @return the completion, or {@code null} if the type is not asynchronous
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

	// toCompletableFuture() is optional, and its cancellation would affect the stage
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
