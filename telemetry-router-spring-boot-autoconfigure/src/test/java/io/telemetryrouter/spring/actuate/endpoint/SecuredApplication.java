package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.springframework.boot.actuate.audit.AuditEventRepository;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.TelemetryRouter;

/**
 * An application with stuck and failing handlers, a user who may read and an operator.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableWebSecurity
class SecuredApplication {

	@Bean
	AuditEventRepository auditEventRepository() {
		return new InMemoryAuditEventRepository();
	}

	@Bean
	Situation situation() {
		return new Situation();
	}

	@Bean
	TelemetryRouter telemetryRouter(Situation situation) {
		TelemetryRouter router = TelemetryRouter.builder()
			.stuckThreshold(Duration.ofMillis(50))
			.quarantine(QuarantineSettings.defaults().withFailures(3).withDelay(Duration.ofDays(1), Duration.ofDays(1)))
			.build();
		router.subscribe(HandlerSpec.on("lane").id("lane").async().handler((event, payload) -> Thread.yield()).build());
		router.subscribe(HandlerSpec.on("work").id("sick").handler(situation::fail).build());
		router.subscribe(HandlerSpec.on("work").id("neighbour").handler((event, payload) -> {
		}).build());
		router.subscribe(HandlerSpec.on("hang").id("hung").async().handler(situation::hangUp).build());
		return router;
	}

	@Bean
	SecurityFilterChain securityFilterChain(HttpSecurity http) throws Exception {
		return http
			.authorizeHttpRequests((requests) -> requests.requestMatchers(HttpMethod.POST, "/actuator/**")
				.hasRole("OPERATOR")
				.anyRequest()
				.authenticated())
			.httpBasic(Customizer.withDefaults())
			.csrf((csrf) -> csrf.disable())
			.build();
	}

	@Bean
	UserDetailsService userDetailsService() {
		return new InMemoryUserDetailsManager(
				User.withUsername("reader").password("{noop}password").roles("READER").build(),
				User.withUsername("operator").password("{noop}password").roles("OPERATOR").build());
	}

	/**
	 * The state of the handlers.
	 */
	static class Situation {

		final AtomicBoolean sick = new AtomicBoolean();

		final CountDownLatch hang = new CountDownLatch(1);

		void fail(String event, Object payload) {
			if (this.sick.get()) {
				throw new IllegalStateException("no card " + payload);
			}
		}

		void hangUp(String event, Object payload) throws InterruptedException {
			this.hang.await(60, TimeUnit.SECONDS);
		}

	}

}
