package io.telemetryrouter.internal.support;

/**
 * Padding before the fields of a subclass, against false sharing with the preceding
 * object. A garbage collection often places objects that different threads write next to
 * each other, because one array refers to them.
 */
public abstract class Padded {

	/** The number of longs in a cache line of 64 bytes. */
	public static final int LINE = 8;

	/**
	 * Fills the gap after the object header, where a field of a subclass would be placed.
	 */
	int p;

	long p0, p1, p2, p3, p4, p5, p6, p7;

}
