package io.telemetryrouter.spring.autoconfigure;

/**
 * Adds to the line that says how the router has started. For the parts of the starter
 * that the router's own configuration does not know.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StartDetail {

	/**
	 * Says what there is to know.
	 * @return a few words without a full stop
	 */
	String describe();

}
