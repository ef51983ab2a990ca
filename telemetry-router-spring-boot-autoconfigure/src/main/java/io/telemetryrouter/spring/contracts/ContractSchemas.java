package io.telemetryrouter.spring.contracts;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonSchemaModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule;
import com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationOption;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.util.ClassUtils;

import io.telemetryrouter.EventType;

/**
 * Generates the JSON Schemas of contracts.
 */
final class ContractSchemas {

	private static final Set<Class<?>> OPTIONALS = Set.of(Optional.class, OptionalInt.class, OptionalLong.class,
			OptionalDouble.class);

	private final SchemaGenerator generator;

	ContractSchemas() {
		SchemaGeneratorConfigBuilder builder = new SchemaGeneratorConfigBuilder(SchemaVersion.DRAFT_2020_12,
				OptionPreset.PLAIN_JSON)
			.with(new JacksonSchemaModule())
			.with(Option.EXTRA_OPEN_API_FORMAT_VALUES, Option.FLATTENED_OPTIONALS,
					Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES);
		if (ClassUtils.isPresent("com.github.victools.jsonschema.module.jakarta.validation.JakartaValidationModule",
				getClass().getClassLoader())) {
			Constraints.addTo(builder);
		}
		builder.forTypesInGeneral()
			.withCustomDefinitionProvider((type, context) -> (type.getErasedType() == Duration.class)
					? new CustomDefinition(context.getGeneratorConfig()
						.createObjectNode()
						.put("type", "string")
						.put("format", "duration"), true)
					: null);
		builder.forTypesInGeneral().withSubtypeResolver(ContractSchemas::permitted);
		builder.forFields().withNullableCheck(ContractSchemas::isOptional);
		builder.forFields().withRequiredCheck((field) -> !isOptional(field));
		this.generator = new SchemaGenerator(builder.build());
	}

	/**
	 * Returns permitted subclasses. Jackson's module handles {@link JsonSubTypes}.
	 */
	private static @Nullable List<ResolvedType> permitted(ResolvedType type, SchemaGenerationContext context) {
		Class<?> erased = type.getErasedType();
		return (erased.isSealed() && !erased.isAnnotationPresent(JsonSubTypes.class))
				? Arrays.stream(erased.getPermittedSubclasses())
					.map((permitted) -> context.getTypeContext().resolveSubtype(type, permitted))
					.toList()
				: null;
	}

	private static boolean isOptional(FieldScope scope) {
		Field field = scope.getRawMember();
		return OPTIONALS.contains(field.getType())
				|| Stream.of(field.getAnnotatedType().getAnnotations(), field.getAnnotations())
					.flatMap(Arrays::stream)
					.anyMatch((annotation) -> annotation.annotationType().getSimpleName().equals("Nullable"));
	}

	/**
	 * Isolates references to classes that may be absent.
	 */
	private static final class Constraints {

		static void addTo(SchemaGeneratorConfigBuilder builder) {
			builder.with(new JakartaValidationModule(JakartaValidationOption.INCLUDE_PATTERN_EXPRESSIONS));
		}

	}

	/** Returns versions and schemas by the event's name. */
	ObjectNode of(Collection<EventType<?>> types) {
		ObjectNode all = JsonMapper.shared().createObjectNode();
		for (EventType<?> type : types) {
			ObjectNode schema = this.generator.generateSchema(type.payloadType());
			schema.put("$id", TelemetryContracts.schemaUri(type));
			all.putObject(type.name()).put("version", type.version()).set("schema", schema);
		}
		return all;
	}

}
