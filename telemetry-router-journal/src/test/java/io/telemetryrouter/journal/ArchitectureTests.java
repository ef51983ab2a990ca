package io.telemetryrouter.journal;

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

@AnalyzeClasses(packages = "io.telemetryrouter.journal", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

	@ArchTest
	static final ArchRule journalNeedsCoreAndJackson = classes().should()
		.onlyDependOnClassesThat(resideInAnyPackage("java..", "io.telemetryrouter", "io.telemetryrouter.journal..",
				"tools.jackson..", "org.jspecify.annotations"));

	@ArchTest
	static final ArchRule theToolUsesTheApi = noClasses().that()
		.resideInAPackage("io.telemetryrouter.journal")
		.should()
		.dependOnClassesThat()
		.resideInAPackage("io.telemetryrouter.journal.cli");

	@ArchTest
	static final ArchRule journalDoesNotPrint = NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;

	@ArchTest
	static final ArchRule journalDoesNotChooseALoggingLibrary = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

	@ArchTest
	static final ArchRule apiTypesAreInterfacesOrCannotBeExtended = classes().that()
		.arePublic()
		.and()
		.areNotInterfaces()
		.should()
		.haveModifier(JavaModifier.FINAL);

}
