package io.telemetryrouter.internal.support;

/**
 * Room before the fields of a subclass, which keeps them off the cache line of whatever
 * lies before. Things that different threads write are often moved next to each other by
 * a collection, since one array leads to them.
 */
public abstract class Padded {

	/** How many longs fill a cache line of 64 bytes. */
	public static final int LINE = 8;

	/** Beside the header, where a field of the subclass would be put otherwise. */
	int p;

	long p0;

	long p1;

	long p2;

	long p3;

	long p4;

	long p5;

	long p6;

	long p7;

}
