package io.telemetryrouter.internal.registry;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/**
 * Refers to the owner of a handler without keeping it, and to the handler that ends with
 * it.
 */
final class OwnerReference extends WeakReference<Object> {

	private final Handler handler;

	OwnerReference(Object owner, ReferenceQueue<Object> queue, Handler handler) {
		super(owner, queue);
		this.handler = handler;
	}

	Handler handler() {
		return this.handler;
	}

}
