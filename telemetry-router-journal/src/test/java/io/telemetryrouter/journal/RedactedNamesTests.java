package io.telemetryrouter.journal;

import java.lang.annotation.Annotation;
import java.nio.file.Path;

import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.annotation.AnnotationDescription;
import net.bytebuddy.description.modifier.Visibility;
import net.bytebuddy.implementation.FixedValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.Sensitive;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that what is {@link Sensitive} reaches no disk where Jackson does not relate a
 * field to its getter, since it derives different names of properties from them.
 */
class RedactedNamesTests {

	private static final String SECRET = "sk-secret-4711";

	@TempDir
	Path directory;

	static class Account {

		@Sensitive
		private final boolean isAdmin = true;

		@Sensitive
		private final String eMail = SECRET;

		@Sensitive
		private final String URL = SECRET;

		private final String islands = "public";

		private final String owner = "public";

		@Sensitive
		private final boolean isOwner = true;

		public boolean isAdmin() {
			return this.isAdmin;
		}

		public String getEMail() {
			return this.eMail;
		}

		public String getURL() {
			return this.URL;
		}

		public String getIslands() {
			return this.islands;
		}

		public String getOwner() {
			return this.owner;
		}

		boolean hasOwner() {
			return this.isOwner;
		}

	}

	static class Derived extends Account {

		@Sensitive
		public String getXAuth() {
			return SECRET;
		}

	}

	@Test
	void whenFieldAndGetterHaveDifferentNamesForJacksonThenValueIsNotWritten() {
		JsonNode account = write(new Derived());
		assertThat(account.get("admin").isNull()).isTrue();
		assertThat(account.get("eMail").asString()).isEqualTo("[redacted]");
		assertThat(account.get("URL").asString()).isEqualTo("[redacted]");
		assertThat(account.get("islands").asString()).isEqualTo("public");
		assertThat(account.get("owner").asString()).isEqualTo("public");
	}

	/** As Kotlin compiles {@code class Login(@Sensitive val token: Token)}. */
	@Test
	void whenPropertyIsOfAValueClassOfKotlinThenValueIsNotWritten() throws ReflectiveOperationException {
		Annotation sensitive = Account.class.getDeclaredField("eMail").getAnnotation(Sensitive.class);
		Class<?> login = new ByteBuddy().subclass(Object.class)
			.defineField("token", String.class, Visibility.PRIVATE)
			.annotateField(AnnotationDescription.ForLoadedAnnotation.of(sensitive))
			.defineMethod("getToken-iUiriSo", String.class, Visibility.PUBLIC)
			.intercept(FixedValue.value(SECRET))
			.make()
			.load(getClass().getClassLoader())
			.getLoaded();
		assertThat(write(login.getConstructor().newInstance()).iterator().next().asString()).isEqualTo("[redacted]");
	}

	private JsonNode write(Object payload) {
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build())) {
			assertThat(journal.append(new TestEvent("a", payload))).isTrue();
		}
		assertThat(Lines.raw(this.directory)).doesNotContain(SECRET);
		return JsonMapper.shared().readTree(Lines.read(this.directory).records().get(0).data());
	}

}
