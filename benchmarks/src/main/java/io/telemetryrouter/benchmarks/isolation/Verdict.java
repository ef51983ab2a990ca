package io.telemetryrouter.benchmarks.isolation;

/** Result of a scenario with a contender. */
record Verdict(Outcome outcome, String detail) {

	static final Verdict NOT_APPLICABLE = new Verdict(Outcome.NOT_APPLICABLE, "");

	static Verdict failed(String why) {
		return new Verdict(Outcome.FAILED, why);
	}

	@Override
	public String toString() {
		return switch (this.outcome) {
			case SURVIVED -> this.detail.isEmpty() ? "yes" : "yes; " + this.detail;
			case FAILED -> "**no**: " + this.detail;
			case NOT_APPLICABLE -> "–";
		};
	}

	enum Outcome {

		/** The emitter and all other handlers were unaffected. */
		SURVIVED,

		/** The emitter or another handler was affected. */
		FAILED,

		/** The contender does not support the scenario. */
		NOT_APPLICABLE

	}

}
