package io.telemetryrouter.sample.config;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.Agent;
import io.telemetryrouter.sample.agent.ApprovalDesk;
import io.telemetryrouter.sample.agent.AutoApprover;
import io.telemetryrouter.sample.agent.HandWrittenAgent;

/**
 * Configures the hand-written agent, which does not depend on Spring.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SampleProperties.class)
class AgentConfiguration {

	@Bean
	ApprovalDesk approvalDesk(SampleProperties properties) {
		SampleProperties.Approval approval = properties.approval();
		return new ApprovalDesk(new AutoApprover(approval.denied()), approval.tools(), approval.timeout());
	}

	@Bean
	@Profile("!spring-ai & !langchain4j")
	Agent agent(TelemetryEmitter telemetry, SampleProperties properties) {
		return new HandWrittenAgent(telemetry, properties.model());
	}

}
