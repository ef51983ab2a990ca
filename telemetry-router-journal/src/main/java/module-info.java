/**
 * Keeps events on disk and reads them back.
 */
module io.telemetryrouter.journal {

	requires static org.jspecify;
	requires transitive io.telemetryrouter;
	requires transitive tools.jackson.core;
	requires transitive tools.jackson.databind;

	exports io.telemetryrouter.journal;

}
