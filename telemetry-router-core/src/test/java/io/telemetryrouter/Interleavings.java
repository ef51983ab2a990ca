package io.telemetryrouter;

import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;

import io.telemetryrouter.internal.support.Headroom;

/**
 * Lets Lincheck explore the interleavings of a model: see {@code docs/testing.md}.
 * AssertJ does not work inside a model.
 */
public final class Interleavings {

	private Interleavings() {
	}

	/**
	 * Compares a model with its sequential specification. Threads do not switch within
	 * the ignored classes.
	 */
	public static void compare(Class<?> model, Class<?> specification, String... ignored) {
		options(ignored).sequentialSpecification(specification).check(model);
	}

	/**
	 * Checks a model by its validation at the end. Threads do not switch within the
	 * ignored classes.
	 */
	public static void validate(Class<?> model, String... ignored) {
		options(ignored).verifier(EpsilonVerifier.class).check(model);
	}

	private static ModelCheckingOptions options(String... ignored) {
		ModelCheckingOptions options = new ModelCheckingOptions()
			.iterations(Integer.getInteger("lincheck.iterations", 5))
			.invocationsPerIteration(Integer.getInteger("lincheck.invocations", 100))
			.threads(2)
			.actorsPerThread(3)
			.actorsBefore(0)
			.actorsAfter(0);
		for (String name : ignored) {
			options.addGuarantee(ManagedStrategyGuaranteeKt.forClasses(name).allMethods().ignore());
		}
		// Goes down the stack and comes back, which looks like an endless recursion.
		return options
			.addGuarantee(ManagedStrategyGuaranteeKt.forClasses(Headroom.class.getName()).allMethods().ignore());
	}

}
