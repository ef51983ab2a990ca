package io.telemetryrouter.benchmarks.isolation;

/**
 * The payload of all scenarios.
 */
public class Event {

	/** The number of an event that a handler emits. */
	static final int NESTED = -1;

	final int number;

	Event(int number) {
		this.number = number;
	}

	/** An event whose methods throw. */
	static final class Untouchable extends Event {

		Untouchable(int number) {
			super(number);
		}

		@Override
		public boolean equals(Object other) {
			throw new IllegalStateException("equals");
		}

		@Override
		public int hashCode() {
			throw new IllegalStateException("hashCode");
		}

		@Override
		public String toString() {
			throw new IllegalStateException("toString");
		}

	}

}
