package io.telemetryrouter.journal;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.Version;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;

import io.telemetryrouter.Sensitive;

/**
 * Jackson module that writes no {@link Sensitive} value. Sensitive values are found
 * property by property, so a class with a sensitive part is refused if it is written in
 * another way.
 */
final class RedactionModule extends JacksonModule {

	private static final ValueSerializer<Object> TEXT = new Redacted("[redacted]");

	private static final ValueSerializer<Object> OTHER = new Redacted(null);

	private static final ValueSerializer<Object> REFUSED = new Refused();

	@Override
	public String getModuleName() {
		return RedactionModule.class.getName();
	}

	@Override
	public Version version() {
		return Version.unknownVersion();
	}

	@Override
	public void setupModule(SetupContext context) {
		// First in order, so that no other annotation of a property takes precedence.
		context.insertAnnotationIntrospector(new Introspector());
		context.addSerializerModifier(new Modifier());
	}

	private static boolean hasSensitivePart(@Nullable Class<?> type) {
		if (type == null || type == Object.class) {
			return false;
		}
		return Stream.<AnnotatedElement[]>of(type.getDeclaredFields(), type.getDeclaredMethods())
			.flatMap(Arrays::stream)
			.anyMatch((element) -> element.isAnnotationPresent(Sensitive.class))
				|| hasSensitivePart(type.getSuperclass())
				|| Arrays.stream(type.getInterfaces()).anyMatch(RedactionModule::hasSensitivePart);
	}

	/** Finds sensitive properties, and classes whose own serializer would write them. */
	private static final class Introspector extends NopAnnotationIntrospector {

		private static final long serialVersionUID = 1L;

		@Override
		public @Nullable Object findSerializer(MapperConfig<?> config, Annotated annotated) {
			if (annotated.hasAnnotation(Sensitive.class)) {
				return CharSequence.class.isAssignableFrom(annotated.getRawType()) ? TEXT : OTHER;
			}
			return (annotated instanceof AnnotatedClass && annotated.hasAnnotation(JsonSerialize.class)
					&& hasSensitivePart(annotated.getRawType())) ? REFUSED : null;
		}

	}

	/**
	 * Refuses classes with a sensitive part that are not written property by property.
	 */
	private static final class Modifier extends ValueSerializerModifier {

		private static final long serialVersionUID = 1L;

		@Override
		public ValueSerializer<?> modifySerializer(SerializationConfig config, BeanDescription.Supplier description,
				ValueSerializer<?> serializer) {
			return (serializer instanceof BeanSerializerBase || !hasSensitivePart(description.getBeanClass()))
					? serializer : REFUSED;
		}

		@Override
		public ValueSerializer<?> modifyKeySerializer(SerializationConfig config, JavaType type,
				BeanDescription.Supplier description, ValueSerializer<?> serializer) {
			return hasSensitivePart(type.getRawClass()) ? REFUSED : serializer;
		}

	}

	private static final class Redacted extends ValueSerializer<Object> {

		private final @Nullable String marker;

		Redacted(@Nullable String marker) {
			this.marker = marker;
		}

		@Override
		public void serialize(Object value, JsonGenerator out, SerializationContext context) {
			if (this.marker != null) {
				out.writeString(this.marker);
			}
			else {
				out.writeNull();
			}
		}

		@Override
		public void serializeWithType(Object value, JsonGenerator out, SerializationContext context,
				TypeSerializer type) {
			serialize(value, out, context);
		}

	}

	private static final class Refused extends ValueSerializer<Object> {

		@Override
		public void serialize(Object value, JsonGenerator out, SerializationContext context) {
			throw new IllegalStateException(
					value.getClass().getName() + " has a @Sensitive part, but is not written property by property");
		}

		@Override
		public void serializeWithType(Object value, JsonGenerator out, SerializationContext context,
				TypeSerializer type) {
			serialize(value, out, context);
		}

	}

}
