package io.telemetryrouter.sample;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * Starts the sample agent.
 *
 * @since 0.1.0
 */
@SpringBootApplication
public class SampleAgentApplication {

	public static void main(String[] args) {
		SpringApplication.run(SampleAgentApplication.class, args);
	}

}
