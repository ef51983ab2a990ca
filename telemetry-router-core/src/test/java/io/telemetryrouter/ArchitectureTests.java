package io.telemetryrouter;

import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

@AnalyzeClasses(packages = "io.telemetryrouter", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	private static final String INTERNAL = "io.telemetryrouter.internal..";

	/**
	 * Where calls come in that belong to no router: the two have static methods. Small
	 * tools, such as for the text of a duration, are no part of the engine.
	 */
	@ArchTest
	static final ArchRule onlyEntrancesOfTheApiKnowTheEngine = noClasses().that()
		.resideInAPackage("io.telemetryrouter")
		.and()
		.doNotHaveFullyQualifiedName(TelemetryRouterBuilder.class.getName())
		.and()
		.doNotHaveFullyQualifiedName(RunContext.class.getName())
		.should()
		.dependOnClassesThat(resideInAPackage(INTERNAL).and(not(resideInAPackage("..internal.support"))));

	/** Each may use those before it. The root wires them. */
	@ArchTest
	static final ArchRule packagesOfTheEngineAreInOrder = layeredArchitecture()
		.consideringOnlyDependenciesInAnyPackage(INTERNAL)
		.layer("support")
		.definedBy("..internal.support")
		.layer("metrics")
		.definedBy("..internal.metrics")
		.layer("event")
		.definedBy("..internal.event")
		.layer("health")
		.definedBy("..internal.health")
		.layer("lane")
		.definedBy("..internal.lane")
		.layer("registry")
		.definedBy("..internal.registry")
		.layer("dispatch")
		.definedBy("..internal.dispatch")
		.layer("root")
		.definedBy("..internal")
		.whereLayer("root")
		.mayNotBeAccessedByAnyLayer()
		.whereLayer("dispatch")
		.mayOnlyBeAccessedByLayers("root")
		.whereLayer("registry")
		.mayOnlyBeAccessedByLayers("dispatch", "root")
		.whereLayer("lane")
		.mayOnlyBeAccessedByLayers("registry", "dispatch", "root")
		.whereLayer("health")
		.mayOnlyBeAccessedByLayers("lane", "registry", "dispatch", "root")
		.whereLayer("event")
		.mayOnlyBeAccessedByLayers("health", "lane", "registry", "dispatch", "root")
		.whereLayer("metrics")
		.mayOnlyBeAccessedByLayers("event", "health", "lane", "registry", "dispatch", "root");

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.telemetryrouter.internal.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule coreNeedsNothingButJava = classes().should()
		.onlyDependOnClassesThat(resideInAnyPackage("java..", "io.telemetryrouter", "io.telemetryrouter.agent",
				INTERNAL, "org.jspecify.annotations"));

	@ArchTest
	static final ArchRule routerDoesNotKnowWhatItRoutes = noClasses().that()
		.resideInAnyPackage("io.telemetryrouter", INTERNAL)
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.telemetryrouter.agent");

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
