package io.telemetryrouter.sample.play;

/**
 * Thrown when the file named by {@code sample.recording} cannot be played.
 */
class RecordingNotReadableException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	RecordingNotReadableException(String path, String problem) {
		super("The recording '" + path + "' " + problem);
	}

}
