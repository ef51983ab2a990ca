package io.telemetryrouter.spring.slice;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.web.servlet.MockMvc;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.contracts.ContractChecks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Tests for a slice of an application that emits.
 */
@WebMvcTest(RunController.class)
class WebMvcSliceTests {

	@Autowired
	private MockMvc mvc;

	@Autowired
	private ApplicationContext context;

	@Test
	void whenControllerEmitsThenSliceHasRouterWithoutListeners() throws Exception {
		this.mvc.perform(get("/runs")).andExpect(status().isOk());
		assertThat(this.context.getBeansOfType(RunListener.class)).isEmpty();
		TelemetryRouter router = this.context.getBean(TelemetryRouter.class);
		assertThat(router.eventSnapshot("run_started").emitted()).isEqualTo(1);
		assertThat(router.snapshot().handlers()).isEmpty();
	}

	@Test
	void whenPayloadBreaksItsContractThenSliceNoticesAsTheApplicationDoes() {
		TelemetryRouter router = this.context.getBean(TelemetryRouter.class);
		router.emit("run_scored", new RunScored(1));
		router.emit("run_scored", "1");
		assertThat(this.context.getBean(ContractChecks.class).violations("run_scored")).isOne();
	}

}
