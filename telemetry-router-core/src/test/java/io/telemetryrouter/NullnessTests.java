package io.telemetryrouter;

import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the API declares what may be {@code null}. Kotlin checks an argument that is
 * declared otherwise, and throws.
 */
class NullnessTests {

	@ParameterizedTest
	@ValueSource(classes = { PayloadHandler.class, EventHandler.class, TelemetryEvent.class, HandlerSpec.class,
			HandlerSpec.Builder.class })
	void whenPayloadsOfAnyTypeAreTakenThenTypeArgumentMayBeNullable(Class<?> type) {
		assertThat(isNullable(type.getTypeParameters()[0].getAnnotatedBounds()[0])).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "subscribe", "subscribeOnce" })
	void whenHandlerIsSubscribedToPatternThenItsPayloadIsNullable(String name) throws NoSuchMethodException {
		Method method = TelemetryRouter.class.getMethod(name, String.class, PayloadHandler.class);
		assertThat(isNullable(typeArgument(method.getAnnotatedParameterTypes()[1]))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = "on")
	void whenSpecIsOfPatternsThenItsPayloadIsNullable(String name) throws NoSuchMethodException {
		Method method = HandlerSpec.class.getMethod(name, String[].class);
		assertThat(isNullable(typeArgument(method.getAnnotatedReturnType()))).isTrue();
	}

	private static AnnotatedType typeArgument(AnnotatedType type) {
		return ((AnnotatedParameterizedType) type).getAnnotatedActualTypeArguments()[0];
	}

	private static boolean isNullable(AnnotatedType type) {
		return type.isAnnotationPresent(Nullable.class);
	}

}
