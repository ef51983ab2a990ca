package io.telemetryrouter.spring;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the Java examples of {@code README.md} and {@code docs/agents.md} compile
 * unchanged, and that the first one runs.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReadmeExamplesTests {

	private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

	private static final Path README = ROOT.resolve("README.md");

	private static final Path AGENTS = ROOT.resolve("docs/agents.md");

	private static final Pattern EXAMPLE = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL);

	private static final Pattern TYPE = Pattern.compile("^(?:public )?class (\\w+)", Pattern.MULTILINE);

	/** The class that the example of a test refers to. */
	private static final String CONTROLLER = "class RunController { }";

	@TempDir
	private Path classes;

	@Test
	void whenExamplesAreCompiledThenThereAreNoErrors() throws IOException {
		List<String> examples = new ArrayList<>(examples(README));
		assertThat(examples).hasSizeGreaterThan(3);
		examples.addAll(examples(AGENTS));
		for (String example : examples) {
			compile(example);
		}
	}

	@Test
	void whenFirstExampleRunsThenItsListenerPrintsTheEvent(CapturedOutput output) throws Exception {
		compile(examples(README).get(0));
		try (URLClassLoader loader = new URLClassLoader(new URL[] { this.classes.toUri().toURL() },
				getClass().getClassLoader())) {
			SpringApplication application = new SpringApplication(new DefaultResourceLoader(loader),
					loader.loadClass("com.example.AgentApplication"));
			application.setDefaultProperties(Map.of("spring.main.web-application-type", "none"));
			application.run().close();
		}
		assertThat(output).contains("1 model_response_received");
	}

	private static List<String> examples(Path document) throws IOException {
		return EXAMPLE.matcher(Files.readString(document)).results().map((example) -> example.group(1)).toList();
	}

	private void compile(String example) throws IOException {
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
		List<JavaFileObject> sources = new ArrayList<>(List.of(new Source(example)));
		if (example.contains("RunController.class")) {
			sources.add(new Source(CONTROLLER));
		}
		try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, null)) {
			List<String> options = List.of("-proc:none", "-classpath", System.getProperty("java.class.path"), "-d",
					this.classes.toString());
			boolean compiled = compiler.getTask(null, files, problems, options, null, sources).call();
			assertThat(compiled).as(() -> example + problems.getDiagnostics()).isTrue();
		}
	}

	/** An example, as a source file named after its class. */
	private static final class Source extends SimpleJavaFileObject {

		private final String code;

		Source(String code) {
			super(URI.create("memory:///" + name(code) + Kind.SOURCE.extension), Kind.SOURCE);
			this.code = code;
		}

		private static String name(String code) {
			return TYPE.matcher(code).results().map((MatchResult type) -> type.group(1)).findFirst().orElseThrow();
		}

		@Override
		public CharSequence getCharContent(boolean ignoreEncodingErrors) {
			return this.code;
		}

	}

}
