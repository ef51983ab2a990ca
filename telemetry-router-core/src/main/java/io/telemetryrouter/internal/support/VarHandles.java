package io.telemetryrouter.internal.support;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Looks up the var handles of fields, for static constants.
 */
public final class VarHandles {

	private VarHandles() {
	}

	public static VarHandle field(MethodHandles.Lookup lookup, Class<?> owner, String name, Class<?> type) {
		try {
			return lookup.findVarHandle(owner, name, type);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

}
