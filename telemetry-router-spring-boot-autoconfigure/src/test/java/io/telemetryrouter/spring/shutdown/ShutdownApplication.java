package io.telemetryrouter.spring.shutdown;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * The application of {@link ShutdownUnderLoadTests}, run in a separate JVM: each request
 * emits one event. It prints the calls and the destruction of its beans.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class ShutdownApplication {

	public static void main(String[] args) {
		SpringApplication.run(ShutdownApplication.class, args);
	}

	@EventListener
	void onStart(WebServerInitializedEvent event) {
		System.out.println("port=" + event.getWebServer().getPort());
	}

	@Bean
	InlineListener inline() {
		return new InlineListener();
	}

	@Bean
	QueuedListener queued() {
		return new QueuedListener();
	}

	@Bean
	@ConditionalOnBooleanProperty("test.hang")
	HangingListener hanging() {
		return new HangingListener();
	}

	@RestController
	record Requests(TelemetryEmitter emitter) {

		@PostMapping("/")
		void emit() {
			this.emitter.emit("request", "payload");
		}

	}

	/**
	 * Prints the number of received events when it is destroyed, and each event received
	 * after that.
	 */
	abstract static class CountingListener implements DisposableBean {

		private final LongAdder calls = new LongAdder();

		private volatile boolean destroyed;

		void count() {
			this.calls.increment();
			if (this.destroyed) {
				System.out.println("late call");
			}
		}

		@Override
		public void destroy() {
			this.destroyed = true;
			System.out.println("destroyed after " + this.calls.sum() + " calls");
		}

	}

	static class InlineListener extends CountingListener {

		@TelemetryListener("request")
		void on() {
			count();
		}

	}

	/**
	 * Blocks until the shutdown has begun, so that all events are queued at that time.
	 */
	static class QueuedListener extends CountingListener {

		private final CountDownLatch closing = new CountDownLatch(1);

		@EventListener
		void onClose(ContextClosedEvent event) {
			this.closing.countDown();
		}

		@TelemetryListener(events = "request", async = true, maxQueue = 1_000_000)
		void on() throws InterruptedException {
			this.closing.await();
			count();
		}

	}

	static class HangingListener {

		@TelemetryListener(events = "request", async = true, maxQueue = 1_000_000)
		void on() {
			CountDownLatch never = new CountDownLatch(1);
			while (never.getCount() != 0) {
				try {
					never.await();
				}
				catch (InterruptedException ex) {
					System.out.println("interrupt ignored");
				}
			}
		}

	}

}
