package io.telemetryrouter.sample.web;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

import io.telemetryrouter.sample.config.SampleProperties;
import io.telemetryrouter.sample.play.MalformedRunException;
import io.telemetryrouter.sample.play.RunParser;
import io.telemetryrouter.sample.play.RunPlayer;
import io.telemetryrouter.sample.play.RunSummary;

/**
 * Plays posted runs.
 */
@RestController
class AgentRunController {

	private final RunPlayer player;

	private final int maxRequestSize;

	AgentRunController(RunPlayer player, SampleProperties properties) {
		this.player = player;
		this.maxRequestSize = Math.toIntExact(properties.maxRequestSize().toBytes());
	}

	@PostMapping(path = "/agent/runs", consumes = MediaType.APPLICATION_JSON_VALUE,
			produces = MediaType.APPLICATION_JSON_VALUE)
	RunSummary play(InputStream body) throws IOException {
		byte[] bytes = body.readNBytes(this.maxRequestSize + 1);
		if (bytes.length > this.maxRequestSize) {
			throw new RunTooLargeException();
		}
		return this.player.play(RunParser.parse(new String(bytes, StandardCharsets.UTF_8)));
	}

	@ExceptionHandler
	ProblemDetail malformed(MalformedRunException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, ex.problem());
		problem.setTitle("Malformed run");
		return problem;
	}

	@ExceptionHandler
	ProblemDetail tooLarge(RunTooLargeException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(HttpStatus.CONTENT_TOO_LARGE,
				"A run may have " + this.maxRequestSize + " bytes at most");
		problem.setTitle("Run too large");
		return problem;
	}

	/**
	 * Thrown when a posted run is too large.
	 */
	static final class RunTooLargeException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
