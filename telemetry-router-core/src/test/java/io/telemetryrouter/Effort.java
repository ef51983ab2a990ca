package io.telemetryrouter;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/**
 * What an action costs the calling thread, for comparison with what it costs elsewhere.
 * Other threads of the machine have no part in it.
 */
final class Effort {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private Effort() {
	}

	/**
	 * Measures the processor time of an action. The least of several rounds is free of
	 * most of what compilers and collectors do meanwhile.
	 * @param rounds how often to measure
	 * @param action the action
	 * @return the least time in nanoseconds
	 */
	static long cpuNanos(int rounds, Runnable action) {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < rounds; i++) {
			long start = THREADS.getCurrentThreadCpuTime();
			action.run();
			least = Math.min(least, THREADS.getCurrentThreadCpuTime() - start);
		}
		return least;
	}

	/**
	 * Measures what an action allocates.
	 * @param rounds how often to measure
	 * @param action the action
	 * @return the least number of bytes
	 */
	static long allocatedBytes(int rounds, Runnable action) {
		long least = Long.MAX_VALUE;
		for (int i = 0; i < rounds; i++) {
			long start = THREADS.getCurrentThreadAllocatedBytes();
			action.run();
			least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - start);
		}
		return least;
	}

}
