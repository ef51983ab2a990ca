package io.telemetryrouter.spring.security;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that every claim in {@code docs/security.md} names tests, and that these exist.
 */
class SecurityDocumentTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	private static final Pattern TEST = Pattern.compile("`(\\w+Tests)(?:#(\\w+))?`");

	@Test
	void whenClaimNamesTestsThenTheyExist() throws IOException {
		Map<String, String> sources = readTests();
		List<String> claims = Files.readAllLines(ROOT.resolve("docs/security.md"))
			.stream()
			.filter((line) -> line.startsWith("| ") && !line.startsWith("| claim"))
			.toList();
		assertThat(claims).hasSizeGreaterThan(10).allSatisfy((claim) -> {
			List<MatchResult> tests = TEST.matcher(claim).results().toList();
			assertThat(tests).as("tests of the claim").isNotEmpty().allSatisfy((test) -> {
				assertThat(sources).containsKey(test.group(1));
				if (test.group(2) != null) {
					assertThat(sources.get(test.group(1))).containsPattern("\\b" + test.group(2) + "\\b");
				}
			});
		});
	}

	private static Map<String, String> readTests() throws IOException {
		try (Stream<Path> modules = Files.list(ROOT)) {
			return modules.map((module) -> module.resolve("src/test/java"))
				.filter(Files::isDirectory)
				.flatMap((directory) -> findTests(directory).stream())
				.collect(Collectors.toMap((path) -> path.getFileName().toString().replace(".java", ""),
						SecurityDocumentTests::read, String::concat));
		}
	}

	private static List<Path> findTests(Path directory) {
		try (Stream<Path> paths = Files.walk(directory)) {
			return paths.filter((path) -> path.toString().endsWith("Tests.java")).toList();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String read(Path path) {
		try {
			return Files.readString(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
