package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * File of a journal. Its name contains the sequence number of its first line, with
 * leading zeros, so that segments sort by name. There is no index: the names tell the
 * segments of a range of sequence numbers.
 *
 * @param file the path
 * @param firstSequence the sequence number of its first line
 */
record Segment(Path file, long firstSequence) implements Comparable<Segment> {

	private static final Pattern NAME = Pattern.compile("journal-(\\d{19})\\.jsonl");

	static Segment of(Path directory, long firstSequence) {
		return new Segment(directory.resolve("journal-%019d.jsonl".formatted(firstSequence)), firstSequence);
	}

	/** Returns the segments of a folder in order. */
	static List<Segment> list(Path directory) throws IOException {
		List<Segment> segments = new ArrayList<>();
		try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "journal-*.jsonl")) {
			for (Path file : files) {
				Matcher name = NAME.matcher(file.getFileName().toString());
				// 19 digits may exceed a long. No journal reaches its maximum.
				if (name.matches() && name.group(1).compareTo("9223372036854775807") < 0) {
					segments.add(new Segment(file, Long.parseLong(name.group(1))));
				}
			}
		}
		Collections.sort(segments);
		return segments;
	}

	/** Makes the entry of a new segment durable, if the system supports it. */
	void syncDirectory() {
		// An interrupt would close the channel.
		boolean interrupted = Thread.interrupted();
		try (FileChannel channel = FileChannel.open(this.file.resolveSibling(""), StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (IOException ex) {
			// This system cannot open a folder as a file.
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	String name() {
		return this.file.getFileName().toString();
	}

	@Override
	public int compareTo(Segment other) {
		return Long.compare(this.firstSequence, other.firstSequence);
	}

}
