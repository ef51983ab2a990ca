package io.telemetryrouter.spring.autoconfigure.endpoint;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.core.env.Environment;

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

	private final Environment environment;

	EndpointStartDetail(ObjectProvider<TelemetryRouterEndpoint> endpoint, ObjectProvider<PathMappedEndpoints> paths,
			Show showValues, Environment environment) {
		this.endpoint = endpoint;
		this.paths = paths;
		this.showValues = showValues;
		this.environment = environment;
	}

	@Override
	public String describe() {
		if (this.endpoint.stream().findAny().isEmpty()) {
			return "endpoint 'telemetryrouter' is not exposed";
		}
		ManagementPortType port = ManagementPortType.get(this.environment);
		PathMappedEndpoints mapped = (port != ManagementPortType.DISABLED) ? this.paths.getIfAvailable() : null;
		String path = (mapped != null) ? mapped.getPath(ID) : null;
		if (path == null) {
			return "endpoint 'telemetryrouter' is exposed, but not over HTTP";
		}
		return "endpoint " + location(path, port) + " over HTTP shows " + shown();
	}

	private String location(String path, ManagementPortType port) {
		if (port == ManagementPortType.DIFFERENT) {
			return property("management.server.base-path") + path + " on port " + property("management.server.port");
		}
		return property("server.servlet.context-path") + property("spring.mvc.servlet.path")
				+ property("spring.webflux.base-path") + path;
	}

	private String property(String name) {
		@Nullable String value = this.environment.getProperty(name);
		return (value != null && !value.equals("/")) ? value : "";
	}

	private String shown() {
		return switch (this.showValues) {
			case NEVER -> "counts and latencies only ('management.endpoint.telemetryrouter.show-values=when-authorized'"
					+ " adds stacks of stuck calls, types and messages of failures)";
			case WHEN_AUTHORIZED -> "counts and latencies, and to authorized users stacks of stuck calls, types and"
					+ " messages of failures";
			case ALWAYS -> "counts and latencies, and to everyone stacks of stuck calls, types and messages of"
					+ " failures, which may quote payloads";
		};
	}

}
