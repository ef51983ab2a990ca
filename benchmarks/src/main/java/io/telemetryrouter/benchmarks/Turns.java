package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Has benchmarks in processes of their own run in turn, an iteration at a time, so that a
 * machine that is busy for a while is so for all of them.
 */
final class Turns implements AutoCloseable {

	private static final int PATIENCE_MILLIS = 120_000;

	private final ServerSocket server;

	Turns() throws IOException {
		this.server = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
		this.server.setSoTimeout(PATIENCE_MILLIS);
	}

	int port() {
		return this.server.getLocalPort();
	}

	/**
	 * Gives turns until all benchmarks have ended. The first is given when all are there:
	 * to start a process is not to disturb the others.
	 * @param benchmarks how many benchmarks there are
	 * @throws IOException if one does not come or takes too long
	 */
	void give(int benchmarks) throws IOException {
		List<Socket> players = new ArrayList<>();
		try {
			while (players.size() < benchmarks) {
				Socket player = this.server.accept();
				players.add(player);
				player.setTcpNoDelay(true);
				player.setSoTimeout(PATIENCE_MILLIS);
			}
			while (!players.isEmpty()) {
				for (Iterator<Socket> all = players.iterator(); all.hasNext();) {
					Socket player = all.next();
					if (!turn(player)) {
						player.close();
						all.remove();
					}
				}
			}
		}
		finally {
			for (Socket player : players) {
				player.close();
			}
		}
	}

	/** It asks, is let go, and says when it is done. */
	private static boolean turn(Socket player) throws IOException {
		if (player.getInputStream().read() < 0) {
			return false;
		}
		player.getOutputStream().write(0);
		return player.getInputStream().read() >= 0;
	}

	/**
	 * Lets nobody wait for a benchmark that does not come.
	 */
	@Override
	public void close() {
		try {
			this.server.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
