package io.telemetryrouter.spring.slice;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.test.web.servlet.MockMvc;

import io.telemetryrouter.TelemetryEmitter;

import static org.mockito.BDDMockito.then;
import static org.springframework.test.web.servlet.request.MockMvcRequestBuilders.get;
import static org.springframework.test.web.servlet.result.MockMvcResultMatchers.status;

/**
 * Tests for a slice whose emitter is a mock.
 */
@WebMvcTest(RunController.class)
class MockedWebMvcSliceTests {

	@MockitoBean
	private TelemetryEmitter telemetry;

	@Autowired
	private MockMvc mvc;

	@Test
	void whenEmitterIsMockedThenControllerEmitsToMock() throws Exception {
		this.mvc.perform(get("/runs")).andExpect(status().isOk());
		then(this.telemetry).should().emit("run_started", "r1");
	}

}
