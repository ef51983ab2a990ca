package io.telemetryrouter.internal.dispatch;

import java.lang.constant.ConstantDescs;
import java.lang.invoke.MethodHandles;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchStack;

/**
 * Calls as one would write them by hand for these very handlers: one after another, each
 * a constant.
 * <p>
 * A loop over all handlers calls each through the same instruction, which the processor
 * cannot predict and the compiler cannot see through. This class is the pattern of a
 * hidden class for each route in steady use (and for each eight of its handlers): there
 * the handlers are constants of the class, so that they are compiled into it, together
 * with their bookkeeping. The class goes when its route does.
 */
final class InlinedCalls extends Calls {

	/** How many handlers it calls at most. */
	static final int SIZE = 8;

	private static final Part PART = part();

	private static final @Nullable SyncCall CALL_0 = PART.call(0);

	private static final @Nullable SyncCall CALL_1 = PART.call(1);

	private static final @Nullable SyncCall CALL_2 = PART.call(2);

	private static final @Nullable SyncCall CALL_3 = PART.call(3);

	private static final @Nullable SyncCall CALL_4 = PART.call(4);

	private static final @Nullable SyncCall CALL_5 = PART.call(5);

	private static final @Nullable SyncCall CALL_6 = PART.call(6);

	private static final @Nullable SyncCall CALL_7 = PART.call(7);

	private static final @Nullable Calls REST = PART.rest();

	private static Part part() {
		try {
			return MethodHandles.classData(MethodHandles.lookup(), ConstantDescs.DEFAULT_NAME, Part.class);
		}
		catch (IllegalAccessException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** No loop and no method for it: where each is called has a profile of its own. */
	@Override
	void run(DispatchStack.Level level, @Nullable Object payload) {
		if (CALL_0 != null) {
			CALL_0.run(level, payload);
		}
		if (CALL_1 != null) {
			CALL_1.run(level, payload);
		}
		if (CALL_2 != null) {
			CALL_2.run(level, payload);
		}
		if (CALL_3 != null) {
			CALL_3.run(level, payload);
		}
		if (CALL_4 != null) {
			CALL_4.run(level, payload);
		}
		if (CALL_5 != null) {
			CALL_5.run(level, payload);
		}
		if (CALL_6 != null) {
			CALL_6.run(level, payload);
		}
		if (CALL_7 != null) {
			CALL_7.run(level, payload);
		}
		if (REST != null) {
			REST.run(level, payload);
		}
	}

	/**
	 * What a hidden class is given.
	 *
	 * @param calls its calls
	 * @param rest the calls after them
	 */
	@SuppressWarnings("ArrayRecordComponent")
	record Part(SyncCall[] calls, @Nullable Calls rest) {

		@Nullable SyncCall call(int index) {
			return (index < this.calls.length) ? this.calls[index] : null;
		}

	}

}
