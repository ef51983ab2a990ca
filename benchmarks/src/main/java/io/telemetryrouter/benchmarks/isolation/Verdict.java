package io.telemetryrouter.benchmarks.isolation;

/** How a contender came through a scenario. */
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

		/** The emitter and all other handlers were as if nothing had happened. */
		SURVIVED,

		/** They were not. */
		FAILED,

		/** The contender has nothing of the kind. */
		NOT_APPLICABLE

	}

}
