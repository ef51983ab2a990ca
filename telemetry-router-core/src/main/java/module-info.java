/**
 * Routes telemetry events of an agent loop to the handlers that observe it.
 */
module io.telemetryrouter {

	requires static org.jspecify;

	exports io.telemetryrouter;
	exports io.telemetryrouter.agent;

}
