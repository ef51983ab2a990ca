package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;

/**
 * What waits for its {@linkplain Turns turn}, in the benchmark's process.
 *
 * @since 0.1.0
 */
public final class TurnProfiler implements InternalProfiler, AutoCloseable {

	private final int port;

	private @Nullable Socket socket;

	/**
	 * Creates a profiler, as JMH does.
	 * @param port the port on which turns are given
	 */
	public TurnProfiler(String port) {
		this.port = Integer.parseInt(port);
	}

	@Override
	public String getDescription() {
		return "Waits for a turn before each iteration";
	}

	@Override
	public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
		try {
			if (this.socket == null) {
				this.socket = new Socket(InetAddress.getLoopbackAddress(), this.port);
				this.socket.setTcpNoDelay(true);
			}
			this.socket.getOutputStream().write(0);
			if (this.socket.getInputStream().read() < 0) {
				throw new IOException("Nobody gives turns any more");
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	@SuppressWarnings("rawtypes")
	public Collection<? extends Result> afterIteration(BenchmarkParams benchmark, IterationParams iteration,
			IterationResult result) {
		try {
			if (this.socket != null) {
				this.socket.getOutputStream().write(0);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return List.of();
	}

	/**
	 * Takes no more turns. JMH does not call this: there the process ends.
	 */
	@Override
	public void close() {
		try {
			if (this.socket != null) {
				this.socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
