package io.telemetryrouter.spring.contracts.scanned;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.TelemetryEventType;

@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class ScannedApplication {

	@TelemetryEventType(value = "scanned.nested", version = 2)
	public record Nested(String text) {
	}

}
