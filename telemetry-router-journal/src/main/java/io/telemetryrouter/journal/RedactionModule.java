package io.telemetryrouter.journal;

import java.lang.reflect.AnnotatedElement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.Version;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JacksonModule;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.PropertyName;
import tools.jackson.databind.SerializationConfig;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.AnnotatedClass;
import tools.jackson.databind.introspect.AnnotatedMember;
import tools.jackson.databind.introspect.AnnotatedMethod;
import tools.jackson.databind.introspect.NopAnnotationIntrospector;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.ser.BeanPropertyWriter;
import tools.jackson.databind.ser.ValueSerializerModifier;
import tools.jackson.databind.ser.bean.BeanSerializerBase;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;
import tools.jackson.databind.type.TypeFactory;
import tools.jackson.databind.util.NameTransformer;

import io.telemetryrouter.Sensitive;

/**
 * Jackson module that writes no {@link Sensitive} value. Sensitive values are found
 * property by property, so a class with a sensitive part is refused if it is written in
 * another way.
 */
final class RedactionModule extends JacksonModule {

	private static final ValueSerializer<Object> REFUSED = new Refused();

	private static final JavaType HIDDEN = TypeFactory.unsafeSimpleType(Hidden.class);

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

	/**
	 * Returns whether a getter reads a sensitive field to which Jackson does not relate
	 * it: Jackson names the property of {@code isAdmin()} {@code admin}, even if the
	 * field is {@code isAdmin}.
	 */
	private static boolean readsSensitiveField(AnnotatedMember member) {
		if (!(member instanceof AnnotatedMethod)) {
			return false;
		}
		// Kotlin appends a hash to the name of a getter of a value class
		String name = member.getName().replaceFirst("(?<=.)-.*", "");
		return Stream.<Class<?>>iterate(member.getDeclaringClass(), Objects::nonNull, Class::getSuperclass)
			.flatMap((type) -> Arrays.stream(type.getDeclaredFields()))
			.filter((field) -> field.isAnnotationPresent(Sensitive.class))
			.anyMatch((field) -> name.equals(field.getName()) || name.equalsIgnoreCase("get" + field.getName())
					|| name.equalsIgnoreCase("is" + field.getName()));
	}

	/** Finds sensitive properties, and classes whose own serializer would write them. */
	private static final class Introspector extends NopAnnotationIntrospector {

		private static final long serialVersionUID = 1L;

		@Override
		public @Nullable Object findSerializer(MapperConfig<?> config, Annotated annotated) {
			return (annotated.hasAnnotation(Sensitive.class) || annotated.getRawType() == Hidden.class
					|| (annotated instanceof AnnotatedClass && annotated.hasAnnotation(JsonSerialize.class)
							&& hasSensitivePart(annotated.getRawType()))) ? REFUSED : null;
		}

		/** The type id of an object is written as text. */
		@Override
		public @Nullable Boolean isTypeId(MapperConfig<?> config, AnnotatedMember member) {
			return member.hasAnnotation(Sensitive.class) ? Boolean.FALSE : null;
		}

	}

	/**
	 * Refuses classes with a sensitive part that are not written property by property.
	 */
	private static final class Modifier extends ValueSerializerModifier {

		private static final long serialVersionUID = 1L;

		@Override
		public List<BeanPropertyWriter> changeProperties(SerializationConfig config,
				BeanDescription.Supplier description, List<BeanPropertyWriter> properties) {
			properties.replaceAll((property) -> (property.getAnnotation(Sensitive.class) != null
					|| readsSensitiveField(property.getMember())) ? new Unread(property, property.getFullName())
							: property);
			return properties;
		}

		@Override
		public ValueSerializer<?> modifySerializer(SerializationConfig config, BeanDescription.Supplier description,
				ValueSerializer<?> serializer) {
			return (serializer instanceof BeanSerializerBase) ? serializer
					: refusedIfSensitive(description.getBeanClass(), serializer);
		}

		@Override
		public ValueSerializer<?> modifyCollectionSerializer(SerializationConfig config, CollectionType type,
				BeanDescription.Supplier description, ValueSerializer<?> serializer) {
			return refusedIfSensitive(type.getRawClass(), serializer);
		}

		@Override
		public ValueSerializer<?> modifyMapSerializer(SerializationConfig config, MapType type,
				BeanDescription.Supplier description, ValueSerializer<?> serializer) {
			return refusedIfSensitive(type.getRawClass(), serializer);
		}

		@Override
		public ValueSerializer<?> modifyKeySerializer(SerializationConfig config, JavaType type,
				BeanDescription.Supplier description, ValueSerializer<?> serializer) {
			return refusedIfSensitive(type.getRawClass(), serializer);
		}

		private static ValueSerializer<?> refusedIfSensitive(Class<?> type, ValueSerializer<?> serializer) {
			return hasSensitivePart(type) ? REFUSED : serializer;
		}

	}

	/** Sensitive property, whose value is not read. */
	private static final class Unread extends BeanPropertyWriter {

		Unread(BeanPropertyWriter property, PropertyName name) {
			super(property, name);
		}

		@Override
		protected BeanPropertyWriter _new(PropertyName name) {
			return new Unread(this, name);
		}

		@Override
		public BeanPropertyWriter unwrappingWriter(NameTransformer unwrapper) {
			return this;
		}

		/** The type of the object's id, if this property is its id. */
		@Override
		public JavaType getType() {
			return HIDDEN;
		}

		@Override
		public void serializeAsProperty(Object bean, JsonGenerator out, SerializationContext context) {
			out.writeName(this._name);
			serializeAsElement(bean, out, context);
		}

		@Override
		public void serializeAsElement(Object bean, JsonGenerator out, SerializationContext context) {
			if (super.getType().isTypeOrSubTypeOf(CharSequence.class)) {
				out.writeString("[redacted]");
			}
			else {
				out.writeNull();
			}
		}

	}

	/** Type of a property that no other part of an object may be written from. */
	private interface Hidden {

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
