package io.telemetryrouter.benchmarks;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * One emit on a router with handlers of many names: all names in rotation, or one of
 * them.
 */
public class RoutesBenchmark extends AbstractBenchmark {

	@Param({ "router", "hand" })
	public String by;

	@Param({ "off", "on" })
	public String measuring;

	@Param({ "1", "64", "10000" })
	public int routes;

	@Param({ "1", "3" })
	public int handlers;

	private String[] names = new String[0];

	private int next;

	@Setup
	public void setUp() {
		// Makes the call sites megamorphic, even if few handlers are measured.
		try (Emitter polluting = Routes.create(this.by, this.measuring, Routes.names(Observer.CLASSES), 1)) {
			Routes.emit(polluting, Routes.names(Observer.CLASSES), 0, 20_000);
		}
		this.names = Routes.names(this.routes);
		this.emitter = Routes.create(this.by, this.measuring, this.names, this.handlers);
		Routes.emit(this.emitter, this.names, 0, this.routes);
	}

	@Benchmark
	public void one() {
		this.emitter.emit(this.names[0], this.payload);
	}

	@Benchmark
	public void rotation() {
		int index = this.next;
		this.next = (index + 1 < this.names.length) ? index + 1 : 0;
		this.emitter.emit(this.names[index], this.payload);
	}

}
