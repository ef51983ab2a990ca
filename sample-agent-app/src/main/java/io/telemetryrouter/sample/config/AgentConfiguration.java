package io.telemetryrouter.sample.config;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.Agent;
import io.telemetryrouter.sample.agent.ApprovalDesk;
import io.telemetryrouter.sample.agent.AutoApprover;

/**
 * Puts the agent together, which knows nothing of Spring.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SampleProperties.class)
class AgentConfiguration {

	@Bean
	Agent agent(TelemetryEmitter telemetry, SampleProperties properties) {
		SampleProperties.Approval approval = properties.approval();
		return new Agent(telemetry,
				new ApprovalDesk(new AutoApprover(approval.denied()), approval.tools(), approval.timeout()));
	}

}
