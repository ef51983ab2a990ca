package io.telemetryrouter;

import java.lang.management.ManagementFactory;

import com.sun.management.ThreadMXBean;

/**
 * Cost of an action on the calling thread, for comparison with another action. Other
 * threads of the machine do not affect it.
 */
final class Effort {

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private Effort() {
	}

	/**
	 * Measures the processor time of an action. The minimum of several rounds excludes
	 * most of the time of compilers and collectors.
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
	 * Measures the allocation of an action.
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
