package io.telemetryrouter.spring.autoconfigure.endpoint;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.web.context.reactive.ReactiveWebApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.util.StringUtils;

import io.telemetryrouter.spring.actuate.endpoint.RunJournal;
import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpoint;
import io.telemetryrouter.spring.autoconfigure.StartDetail;

/**
 * The path and the content of the endpoint, for the log line about the start, since the
 * endpoint is exposed over HTTP by default.
 */
final class EndpointStartDetail implements StartDetail {

	private static final EndpointId ID = EndpointId.of("telemetryrouter");

	private final ObjectProvider<TelemetryRouterEndpoint> endpoint;

	private final ObjectProvider<PathMappedEndpoints> paths;

	private final Show showValues;

	private final ObjectProvider<RunJournal> journal;

	private final ApplicationContext context;

	EndpointStartDetail(ObjectProvider<TelemetryRouterEndpoint> endpoint, ObjectProvider<PathMappedEndpoints> paths,
			Show showValues, ObjectProvider<RunJournal> journal, ApplicationContext context) {
		this.endpoint = endpoint;
		this.paths = paths;
		this.showValues = showValues;
		this.journal = journal;
		this.context = context;
	}

	@Override
	public String describe() {
		if (this.endpoint.stream().findAny().isEmpty()) {
			return "endpoint 'telemetryrouter' is not exposed";
		}
		ManagementPortType port = ManagementPortType.get(this.context.getEnvironment());
		PathMappedEndpoints mapped = (port != ManagementPortType.DISABLED) ? this.paths.getIfAvailable() : null;
		String path = (mapped != null) ? mapped.getPath(ID) : null;
		if (path == null) {
			return "endpoint 'telemetryrouter' is exposed, but not over HTTP";
		}
		return "endpoint " + location(path, port) + " over HTTP shows " + shown();
	}

	private String location(String path, ManagementPortType port) {
		if (port == ManagementPortType.DIFFERENT) {
			String number = this.context.getEnvironment().getProperty("management.server.port");
			return prefix("management.server.base-path") + path
					+ ("0".equals(number) ? " on a random port" : " on port " + number);
		}
		if (this.context instanceof ReactiveWebApplicationContext) {
			return prefix("spring.webflux.base-path") + path;
		}
		// The name is the path of the servlet context. In a WAR the property has no
		// effect
		return this.context.getApplicationName() + prefix("spring.mvc.servlet.path") + path;
	}

	/** Returns a path that begins with a slash and does not end with one, or "". */
	private String prefix(String property) {
		String path = StringUtils.trimTrailingCharacter(this.context.getEnvironment().getProperty(property, "").strip(),
				'/');
		return (path.isEmpty() || path.startsWith("/")) ? path : "/" + path;
	}

	private String shown() {
		String values = "stacks of stuck calls, types and messages of failures"
				+ ((this.journal.getIfAvailable() != null) ? ", and payloads of runs in the journal" : "");
		return switch (this.showValues) {
			case NEVER -> "counts and latencies only ('management.endpoint.telemetryrouter.show-values=when-authorized'"
					+ " adds " + values + ")";
			case WHEN_AUTHORIZED -> "counts and latencies, and to authorized users " + values;
			case ALWAYS -> "counts and latencies, and to everyone " + values + " (messages may quote payloads)";
		};
	}

}
