package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.joran.spi.JoranException;
import org.slf4j.Logger;

/**
 * Files of JSON lines, written by Logback as {@code logback-file.xml} configures it.
 */
final class LogbackFile {

	private final LoggerContext context = new LoggerContext();

	private final Path folder;

	private final Logger logger;

	/**
	 * Opens files.
	 * @param encoder "pattern" or "JsonEncoder"
	 * @param immediate whether each line is written by the thread that logs it; otherwise
	 * another thread writes, through a queue and a buffer
	 */
	LogbackFile(Path folder, String encoder, boolean immediate, int queueSize) throws JoranException {
		this.folder = folder;
		this.context.setMDCAdapter(new LogbackMDCAdapter());
		// Not properties of the context, which the JSON encoder would write into each
		// line.
		Map.of("folder", folder.toString(), "encoder", encoder, "immediate", String.valueOf(immediate), "appender",
				immediate ? encoder : "queue", "queueSize", String.valueOf(queueSize))
			.forEach(System::setProperty);
		JoranConfigurator configurator = new JoranConfigurator();
		configurator.setContext(this.context);
		configurator.doConfigure(LogbackFile.class.getResource("logback-file.xml"));
		this.logger = this.context.getLogger("model.call.completed");
	}

	void log(String payload) {
		this.logger.info(payload);
	}

	/** Writes the queued lines, and closes the files. */
	void close() {
		this.context.stop();
	}

	long lines() throws IOException {
		try (Stream<Path> files = Files.list(this.folder)) {
			long lines = 0;
			for (Path file : files.toList()) {
				try (Stream<String> read = Files.lines(file)) {
					lines += read.count();
				}
			}
			return lines;
		}
	}

}
