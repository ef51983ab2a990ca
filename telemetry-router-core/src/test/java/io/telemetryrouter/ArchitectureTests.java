package io.telemetryrouter;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

@AnalyzeClasses(packages = "io.telemetryrouter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String INTERNAL = "io.telemetryrouter.internal..";

	@ArchTest
	static final ArchRule onlyTheBuilderOfTheApiKnowsTheEngine = noClasses().that()
		.resideInAPackage("io.telemetryrouter")
		.and()
		.doNotHaveFullyQualifiedName(TelemetryRouterBuilder.class.getName())
		.should()
		.dependOnClassesThat()
		.resideInAPackage(INTERNAL);

	@ArchTest
	static final ArchRule coreNeedsNothingButJava = classes().should()
		.onlyDependOnClassesThat(
				resideInAnyPackage("java..", "io.telemetryrouter", INTERNAL, "org.jspecify.annotations"));

	@ArchTest
	static final ArchRule coreDoesNotPrint = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

	@ArchTest
	static final ArchRule coreDoesNotChooseALoggingLibrary = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

	@ArchTest
	static final ArchRule coreDoesNotUseUnsafe = noClasses().should().dependOnClassesThat().resideInAPackage("sun..");

	@ArchTest
	static final ArchRule apiTypesAreInterfacesOrCannotBeExtended = classes().that()
		.resideInAPackage("io.telemetryrouter")
		.and()
		.arePublic()
		.and()
		.areNotInterfaces()
		.should()
		.haveModifier(JavaModifier.FINAL);

}
