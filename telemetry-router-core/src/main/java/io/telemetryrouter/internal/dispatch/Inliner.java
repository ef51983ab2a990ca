package io.telemetryrouter.internal.dispatch;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.util.Arrays;
import java.util.Collection;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.health.Reporter;

/**
 * Has routes in steady use {@linkplain InlinedCalls inlined}, away from those who emit,
 * and only so many: each takes some kilobytes of memory for classes and compiled code.
 * For one thread.
 *
 * @since 0.1.0
 */
public final class Inliner {

	/** How many calls are inlined at a time. */
	private static final int MAX_CALLS = 1_000;

	private final Reporter reporter;

	/** In a native image no class can be defined. */
	private boolean able = System.getProperty("org.graalvm.nativeimage.imagecode") == null;

	public Inliner(Reporter reporter) {
		this.reporter = reporter;
	}

	/**
	 * Inlines what has come into steady use.
	 * @param routes all routes
	 */
	public void look(Collection<Route> routes) {
		if (!this.able) {
			return;
		}
		int inlined = 0;
		for (Route route : routes) {
			inlined += route.isInlined() ? route.sync.length : 0;
		}
		for (Route route : routes) {
			int size = route.sync.length;
			if (!route.isInlined() && size != 0 && inlined + size <= MAX_CALLS && route.passes.isSteady()) {
				inline(route);
				inlined += size;
			}
		}
	}

	private void inline(Route route) {
		try {
			route.inline(inlined(route.sync));
		}
		catch (Throwable ex) {
			// Slower, but no worse; and the next one would fail as well.
			this.able = false;
			this.reporter.notInlined(ex);
		}
	}

	private static Calls inlined(SyncCall[] calls) throws IOException, ReflectiveOperationException {
		byte[] pattern = pattern();
		@Nullable Calls inlined = null;
		for (int end = calls.length; end > 0;) {
			int begin = (end - 1) / InlinedCalls.SIZE * InlinedCalls.SIZE;
			InlinedCalls.Part part = new InlinedCalls.Part(Arrays.copyOfRange(calls, begin, end), inlined);
			Class<?> defined = MethodHandles.lookup().defineHiddenClassWithClassData(pattern, part, true).lookupClass();
			inlined = (Calls) defined.getDeclaredConstructor().newInstance();
			end = begin;
		}
		return Objects.requireNonNull(inlined);
	}

	private static byte[] pattern() throws IOException {
		String name = InlinedCalls.class.getSimpleName() + ".class";
		try (InputStream pattern = InlinedCalls.class.getResourceAsStream(name)) {
			if (pattern == null) {
				throw new FileNotFoundException(name);
			}
			return pattern.readAllBytes();
		}
	}

}
