package io.telemetryrouter.benchmarks.isolation;

/**
 * How a contender came through a scenario.
 *
 * @param outcome what became of the emitter and of the other handlers
 * @param detail what went wrong, or what is worth knowing; may be empty
 */
record Verdict(Outcome outcome, String detail) {

	static final Verdict NOT_APPLICABLE = new Verdict(Outcome.NOT_APPLICABLE, "");

	static Verdict survived(String remark) {
		return new Verdict(Outcome.SURVIVED, remark);
	}

	static Verdict failed(String why) {
		return new Verdict(Outcome.FAILED, why);
	}

	boolean isSurvived() {
		return this.outcome == Outcome.SURVIVED;
	}

	/** The three ways it can end. */
	enum Outcome {

		/** The emitter and all other handlers were as if nothing had happened. */
		SURVIVED,

		/** They were not. */
		FAILED,

		/** The contender has nothing of the kind. */
		NOT_APPLICABLE

	}

}
