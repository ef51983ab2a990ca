package io.telemetryrouter.journal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Damages journals at random. {@code -Dfuzz.seed=88 -Dfuzz.cases=1} repeats a case.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class JournalFuzzTests {

	private static final int CASES = Integer.getInteger("fuzz.cases", 10_000);

	private static final int SEED = Integer.getInteger("fuzz.seed", 1);

	private static final int EVENTS = 8;

	@TempDir
	Path directory;

	@Test
	void whenFilesAreDamagedThenTheReaderSkipsAndReportsAndReturnsOnlyWhatWasWritten() throws Exception {
		Path original = this.directory.resolve("original");
		try (Journal journal = Journal.open(JournalOptions.in(original).segmentSize(4 << 10).build())) {
			for (int i = 0; i < EVENTS; i++) {
				journal.append(new TestEvent("event." + i, Map.of("text", "x".repeat(1 + i * 150))));
			}
		}
		List<Path> segments = Lines.segments(original);
		assertThat(segments).hasSizeGreaterThan(1);
		Map<Long, String> written = new HashMap<>();
		Lines.read(original).records().forEach((line) -> written.put(line.sequence(), line.line()));
		Map<Path, byte[]> contents = new HashMap<>();
		for (Path segment : segments) {
			contents.put(segment, Files.readAllBytes(segment));
		}
		Path damaged = Files.createDirectory(this.directory.resolve("damaged"));
		for (int seed = SEED; seed < SEED + CASES; seed++) {
			damage(new Random(seed), segments, contents, damaged);
			check(seed, damaged, written);
		}
	}

	private static void damage(Random random, List<Path> segments, Map<Path, byte[]> contents, Path damaged)
			throws IOException {
		int victim = random.nextInt(segments.size());
		for (int i = 0; i < segments.size(); i++) {
			byte[] bytes = contents.get(segments.get(i));
			Path copy = damaged.resolve(segments.get(i).getFileName());
			if (i == victim || random.nextInt(4) == 0) {
				Files.write(copy, damage(random, bytes));
			}
			else if (!Files.exists(copy) || Files.mismatch(copy, segments.get(i)) >= 0) {
				Files.write(copy, bytes);
			}
		}
	}

	private static byte[] damage(Random random, byte[] original) throws IOException {
		byte[] bytes = original.clone();
		int times = 1 + random.nextInt(3);
		for (int i = 0; i < times && bytes.length > 0; i++) {
			int at = random.nextInt(bytes.length);
			switch (random.nextInt(5)) {
				case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
				case 1 -> bytes = Arrays.copyOf(bytes, at);
				case 2 -> bytes = insert(bytes, at, garbage(random));
				case 3 -> bytes = insert(bytes, at,
						Arrays.copyOfRange(original, random.nextInt(original.length), original.length));
				default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + random.nextInt(600)), (byte) 0);
			}
		}
		return bytes;
	}

	private static byte[] garbage(Random random) {
		byte[] garbage = new byte[1 + random.nextInt(300)];
		random.nextBytes(garbage);
		return garbage;
	}

	private static byte[] insert(byte[] bytes, int at, byte[] more) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		out.write(bytes, 0, at);
		out.write(more);
		out.write(bytes, at, bytes.length - at);
		return out.toByteArray();
	}

	private static void check(int seed, Path damaged, Map<Long, String> written) {
		Lines lines = Lines.read(damaged);
		String repeat = "-Dfuzz.cases=1 -Dfuzz.seed=" + seed;
		long last = 0;
		for (JournalRecord line : lines.records()) {
			assertTrue(line.sequence() > last, repeat + ": in order");
			assertTrue(line.line().equals(written.get(line.sequence())), repeat + ": as written");
			// Each line that is gone is said to be, but for those behind the last one.
			for (long missing = last + 1; missing < line.sequence(); missing++) {
				assertTrue(isReported(missing, lines), repeat + ": line " + missing + " is missing");
			}
			last = line.sequence();
		}
		assertTrue(lines.problems().stream().allMatch((problem) -> problem.bytes() + problem.firstSequence() > 0),
				repeat + ": problems say what");
	}

	private static boolean isReported(long missing, Lines lines) {
		return lines.problems()
			.stream()
			.anyMatch((problem) -> problem.kind() == JournalProblem.Kind.MISSING && problem.firstSequence() <= missing
					&& missing <= problem.lastSequence());
	}

	@Test
	void whenAnySingleBitOfALineIsFlippedThenThatLineIsReportedAndTheOthersAreRead() throws Exception {
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build())) {
			for (int i = 0; i < 3; i++) {
				journal.append(new TestEvent("event", i));
			}
		}
		Path segment = Lines.segments(this.directory).get(0);
		byte[] bytes = Files.readAllBytes(segment);
		int length = bytes.length / 3;
		for (int bit = 8 * length; bit < 8 * (2 * length - 1); bit++) {
			byte[] flipped = bytes.clone();
			flipped[bit / 8] ^= (byte) (1 << (bit % 8));
			Files.write(segment, flipped);
			Lines lines = Lines.read(this.directory);
			assertThat(lines.sequences()).as("bit " + bit).containsExactly(1L, 3L);
			assertThat(lines.kinds()).as("bit " + bit)
				.contains(JournalProblem.Kind.DAMAGED)
				.endsWith(JournalProblem.Kind.MISSING);
		}
	}

}
