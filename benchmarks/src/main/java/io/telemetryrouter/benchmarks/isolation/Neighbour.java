package io.telemetryrouter.benchmarks.isolation;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A well-behaved handler that notes what it gets.
 */
final class Neighbour implements Contender.Handler {

	final String id;

	private final AtomicIntegerArray received;

	private final AtomicInteger count = new AtomicInteger();

	Neighbour(String id, int capacity) {
		this.id = id;
		this.received = new AtomicIntegerArray(capacity);
	}

	@Override
	public void handle(Event event) {
		if (event.isOriginal()) {
			this.received.getAndIncrement(event.number);
			this.count.getAndIncrement();
		}
	}

	int count() {
		return this.count.get();
	}

	boolean has(int number) {
		return this.received.get(number) == 1;
	}

	boolean hasTwice(int number) {
		return this.received.get(number) > 1;
	}

}
