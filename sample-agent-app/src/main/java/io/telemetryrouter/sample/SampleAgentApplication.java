package io.telemetryrouter.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

import io.telemetryrouter.sample.config.SampleProperties;

/**
 * Starts the sample agent.
 *
 * @since 0.1.0
 */
@SpringBootApplication
public class SampleAgentApplication {

	public static void main(String[] args) {
		ConfigurableApplicationContext context = SpringApplication.run(SampleAgentApplication.class, args);
		if (context.getBean(SampleProperties.class).exitAfterPlay()) {
			System.exit(SpringApplication.exit(context));
		}
	}

}
