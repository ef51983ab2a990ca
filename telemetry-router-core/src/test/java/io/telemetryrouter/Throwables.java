package io.telemetryrouter;

import java.util.stream.Stream;

/**
 * Throwables of user code, and code that throws them.
 */
final class Throwables {

	private Throwables() {
	}

	static Stream<Throwable> everyKindOfThrowable() {
		Exception ring = new IllegalStateException("ring");
		ring.initCause(new IllegalStateException(ring));
		return Stream.of(new Exception("checked"), new IllegalStateException("unchecked"), new Throwable("bare"),
				new AssertionError("error"), new StackOverflowError("thrown"), new NoClassDefFoundError("linkage"),
				new ExceptionInInitializerError("linkage"), new OutOfMemoryError("thrown"),
				new InternalError("machine"), new ThreadDeathLike(), new Unprintable(), new UnprintableError(),
				new NoStackTrace(), ring, new InterruptedException("flag"));
	}

	static PayloadHandler<Object> throwing(Throwable error) {
		return (name, payload) -> sneakyThrow(error);
	}

	static void sneakyThrow(Throwable error) {
		Throwables.<RuntimeException, Object>sneak(error);
	}

	@SuppressWarnings("unchecked")
	static <E extends Throwable, V> V sneak(Throwable error) throws E {
		throw (E) error;
	}

	static final class ThreadDeathLike extends Error {

	}

	static final class Unprintable extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("message");
		}

		@Override
		public String toString() {
			throw new IllegalStateException("text");
		}

	}

	static final class UnprintableError extends Error {

		@Override
		public String getMessage() {
			throw new StackOverflowError();
		}

		@Override
		public String toString() {
			throw new StackOverflowError();
		}

	}

	static final class NoStackTrace extends RuntimeException {

		NoStackTrace() {
			super(null, null, false, false);
		}

	}

}
