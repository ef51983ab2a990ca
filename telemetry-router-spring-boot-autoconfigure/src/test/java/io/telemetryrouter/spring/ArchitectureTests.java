package io.telemetryrouter.spring;

import java.io.ObjectInputStream;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Enforces the rules about packages.
 */
@AnalyzeClasses(packages = "io.telemetryrouter", importOptions = DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule nothingDependsOnAutoConfiguration = noClasses().that()
		.resideOutsideOfPackage("io.telemetryrouter.spring.autoconfigure..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.telemetryrouter.spring.autoconfigure..");

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.telemetryrouter.(**)").should().beFreeOfCycles();

	@ArchTest
	static final ArchRule coreIsPlainJava = classes().that()
		.resideInAnyPackage("io.telemetryrouter", "io.telemetryrouter.agent", "io.telemetryrouter.internal..")
		.should()
		.onlyDependOnClassesThat()
		.resideInAnyPackage("java..", "org.jspecify.annotations", "io.telemetryrouter", "io.telemetryrouter.agent",
				"io.telemetryrouter.internal..");

	@ArchTest
	static final ArchRule engineIsCoresOwn = noClasses().that()
		.resideInAPackage("io.telemetryrouter.spring..")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.telemetryrouter.internal..");

	/**
	 * Jackson resolves all types of the methods of a descriptor, also without a journal.
	 */
	@ArchTest
	static final ArchRule descriptorsNeedNoJournal = noClasses().that()
		.resideInAPackage("io.telemetryrouter.spring.actuate.endpoint")
		.and()
		.haveNameMatching(".*Descriptor(\\$.*)?")
		.and()
		.doNotHaveSimpleName("ReplayDescriptor")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.telemetryrouter.journal..");

	@ArchTest
	static final ArchRule nothingIsDeserialisedStartedOrConnectedTo = noClasses().should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.net..", "java.rmi..", "javax.naming..", "javax.script..")
		.orShould()
		.dependOnClassesThat()
		.belongToAnyOf(ObjectInputStream.class, Process.class, ProcessBuilder.class)
		.orShould()
		.callMethodWhere(target(owner(equivalentTo(Runtime.class))).and(target(nameMatching("exec|load.*"))));

	@ArchTest
	static final ArchRule onlyTheJournalAndTheGateOfContractsUseFiles = noClasses().that()
		.resideOutsideOfPackages("io.telemetryrouter.journal..", "io.telemetryrouter.spring.autoconfigure.journal",
				"io.telemetryrouter.spring.contracts")
		.should()
		.dependOnClassesThat()
		.resideInAnyPackage("java.nio.file..", "java.nio.channels..");

}
