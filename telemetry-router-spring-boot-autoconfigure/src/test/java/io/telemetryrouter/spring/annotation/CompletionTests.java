package io.telemetryrouter.spring.annotation;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link Completion}.
 */
class CompletionTests {

	@Test
	void whenStageCompletesThenWaitEnds() {
		Completion completion = Completion.of(CompletionStage.class);
		assertThatNoException().isThrownBy(() -> completion.await(CompletableFuture.completedStage("x")));
	}

	@Test
	void whenStageFailsThenCauseIsThrown() {
		CompletableFuture<Object> failed = CompletableFuture.failedFuture(new IOException("disk full"));
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> Completion.of(CompletableFuture.class).await(failed.thenApply((value) -> value)));
	}

	@Test
	void whenWaitIsInterruptedThenItFailsAndUsersStageIsLeftAlone() {
		CompletableFuture<Object> pending = new CompletableFuture<>();
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> Completion.of(CompletableFuture.class).await(pending));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(pending).isNotDone();
	}

	@Test
	void whenPublisherCompletesThenItWasSubscribedToOnce() throws Throwable {
		AtomicBoolean done = new AtomicBoolean();
		Completion.of(Mono.class).await(Mono.fromRunnable(() -> done.set(true)));
		assertThat(done).isTrue();
		Completion.of(Publisher.class).await(Flux.range(0, 1000));
	}

	@Test
	void whenPublisherFailsThenItsErrorIsThrown() {
		assertThatExceptionOfType(IOException.class)
			.isThrownBy(() -> Completion.of(Flux.class).await(Flux.error(new IOException("disk full"))));
	}

	@Test
	void whenWaitForPublisherIsInterruptedThenItIsCancelled() {
		AtomicBoolean cancelled = new AtomicBoolean();
		Mono<Object> never = Mono.never().doOnCancel(() -> cancelled.set(true));
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> Completion.of(Mono.class).await(never));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(cancelled).isTrue();
	}

	@Test
	void whenPublisherSubscribesAfterTheWaitWasGivenUpThenItIsCancelled() {
		AtomicReference<Subscriber<? super Object>> subscriber = new AtomicReference<>();
		Publisher<Object> slow = subscriber::set;
		Completion.of(Publisher.class).start(slow).cancel(true);
		AtomicBoolean cancelled = new AtomicBoolean();
		AtomicBoolean requested = new AtomicBoolean();
		subscriber.get().onSubscribe(new Subscription() {

			@Override
			public void request(long count) {
				requested.set(true);
			}

			@Override
			public void cancel() {
				cancelled.set(true);
			}

		});
		assertThat(cancelled).isTrue();
		assertThat(requested).isFalse();
	}

	@Test
	void whenTypeCanBeAdaptedToPublisherThenItIsWaitedFor() {
		assertThat(Completion.of(Flow.Publisher.class)).isNotNull();
	}

	@Test
	void whenTypeDoesNotCompleteThenThereIsNone() {
		assertThat(Completion.of(String.class)).isNull();
		assertThat(Completion.of(boolean.class)).isNull();
		assertThat(Completion.of(Future.class)).isNull();
	}

}
