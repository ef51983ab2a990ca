/**
 * Writes events to a journal on disk, and reads and replays them.
 */
module io.telemetryrouter.journal {

	requires static org.jspecify;
	requires transitive io.telemetryrouter;
	requires transitive tools.jackson.core;
	requires transitive tools.jackson.databind;

	exports io.telemetryrouter.journal;

}
