package io.telemetryrouter.internal.support;

/**
 * Room before the fields of a subclass, which keeps them off the cache line of the object
 * before. A garbage collection often moves objects that different threads write next to
 * each other, since one array leads to them.
 */
public abstract class Padded {

	/** How many longs fill a cache line of 64 bytes. */
	public static final int LINE = 8;

	/** Fills the gap beside the header, where a subclass's field would be put. */
	int p;

	long p0, p1, p2, p3, p4, p5, p6, p7;

}
