package io.telemetryrouter.sample;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

import io.telemetryrouter.EventType;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.TelemetrySpan;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/**
 * Holds the rules of the house.
 */
@AnalyzeClasses(packages = "io.telemetryrouter.sample",
		importOptions = { DoNotIncludeTests.class, ArchitectureTests.DoNotIncludeGenerated.class })
class ArchitectureTests {

	@ArchTest
	static final ArchRule agentKnowsOnlyTheEmitter = classes().that()
		.resideInAPackage("io.telemetryrouter.sample.agent")
		.should()
		.onlyDependOnClassesThat(resideInAnyPackage("io.telemetryrouter.sample.agent", "io.telemetryrouter.agent",
				"java..", "org.jspecify.annotations")
			.or(describe("the emitter and event types", ArchitectureTests::isForEmitters)));

	@ArchTest
	static final ArchRule packagesHaveNoCycles = slices().matching("io.telemetryrouter.sample.(*)..")
		.should()
		.beFreeOfCycles();

	@ArchTest
	static final ArchRule nobodyKnowsTheEngine = classes().should()
		.onlyDependOnClassesThat(
				describe("are not internal", (type) -> !type.getPackageName().startsWith("io.telemetryrouter.internal")
						&& !type.getPackageName().startsWith("io.telemetryrouter.spring.autoconfigure")));

	private static boolean isForEmitters(JavaClass type) {
		return type.isEquivalentTo(TelemetryEmitter.class) || type.isEquivalentTo(EventType.class)
				|| type.isEquivalentTo(TelemetryEventType.class) || type.isEquivalentTo(TelemetrySpan.class)
				|| type.isEquivalentTo(RunScope.class);
	}

	/**
	 * Leaves out what ahead-of-time processing generates into the same directory.
	 */
	static final class DoNotIncludeGenerated implements ImportOption {

		@Override
		public boolean includes(Location location) {
			return !location.contains("__");
		}

	}

}
