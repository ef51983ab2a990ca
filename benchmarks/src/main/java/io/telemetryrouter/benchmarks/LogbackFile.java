package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;

/**
 * Files of JSON lines, written by Logback and rolled at 64 MB.
 */
final class LogbackFile implements AutoCloseable {

	private final LoggerContext context = new LoggerContext();

	private final Path folder;

	private final Logger logger;

	/**
	 * Opens files.
	 * @param immediate whether each line is written by the thread that logs it; otherwise
	 * another thread writes, through a queue and a buffer
	 */
	LogbackFile(Path folder, Layout layout, boolean immediate, int queueSize) {
		this.folder = folder;
		this.context.setMDCAdapter(new LogbackMDCAdapter());
		this.logger = logger(layout.encoder.get(), immediate, queueSize);
	}

	void log(String payload) {
		this.logger.info(payload);
	}

	/** Writes the queued lines. */
	@Override
	public void close() {
		this.context.stop();
	}

	private Logger logger(Encoder<ILoggingEvent> encoder, boolean immediate, int queueSize) {
		encoder.setContext(this.context);
		encoder.start();
		RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
		file.setContext(this.context);
		file.setFile(this.folder.resolve("current.jsonl").toString());
		file.setEncoder(encoder);
		file.setImmediateFlush(immediate);
		FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
		rolling.setContext(this.context);
		rolling.setParent(file);
		rolling.setFileNamePattern(this.folder.resolve("log.%i.jsonl").toString());
		rolling.setMinIndex(1);
		rolling.setMaxIndex(20);
		rolling.start();
		SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
		size.setContext(this.context);
		size.setMaxFileSize(FileSize.valueOf("64MB"));
		size.start();
		file.setRollingPolicy(rolling);
		file.setTriggeringPolicy(size);
		file.start();
		Appender<ILoggingEvent> appender = immediate ? file : queue(file, queueSize);
		Logger logger = this.context.getLogger("model.call.completed");
		logger.setLevel(Level.INFO);
		logger.setAdditive(false);
		logger.addAppender(appender);
		return logger;
	}

	private AsyncAppender queue(Appender<ILoggingEvent> file, int queueSize) {
		AsyncAppender queue = new AsyncAppender();
		queue.setContext(this.context);
		queue.setQueueSize(queueSize);
		queue.setDiscardingThreshold(0);
		queue.setMaxFlushTime(0);
		queue.addAppender(file);
		queue.start();
		return queue;
	}

	/** Returns the number of written lines. */
	long lines() {
		try (Stream<Path> files = Files.list(this.folder)) {
			long lines = 0;
			for (Path file : files.toList()) {
				try (Stream<String> read = Files.lines(file)) {
					lines += read.count();
				}
			}
			return lines;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/** Encoder of Logback for a line of JSON. */
	enum Layout {

		/** A minimal pattern: time, name and payload, without escaping. */
		PATTERN("pattern", () -> {
			PatternLayoutEncoder encoder = new PatternLayoutEncoder();
			encoder.setPattern("{\"time\":\"%d{yyyy-MM-dd'T'HH:mm:ss.SSSX}\",\"type\":\"%logger\",\"data\":%msg}%n");
			return encoder;
		}),

		/** Logback's JSON encoder, with the payload as the text of a message. */
		JSON("JsonEncoder", JsonEncoder::new);

		final String title;

		private final Supplier<Encoder<ILoggingEvent>> encoder;

		Layout(String title, Supplier<Encoder<ILoggingEvent>> encoder) {
			this.title = title;
			this.encoder = encoder;
		}

	}

}
