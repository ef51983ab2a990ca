package io.telemetryrouter.benchmarks;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.PayloadHandler;

/**
 * A handler with the same code for every contender. There are eight classes, all copies
 * of {@link ObserverTemplate}, so that their call sites are megamorphic as in an
 * application.
 */
public interface Observer {

	int CLASSES = 8;

	void on(Usage usage);

	/** Returns a lambda that is defined in this handler's class. */
	PayloadHandler<Object> lambda();

	Consumer<Usage> consumer();

	/**
	 * Creates handlers that read their payload and write nothing, so that several threads
	 * do not contend in them.
	 */
	static List<Observer> reading(int count) {
		return create(count, false, null);
	}

	/** Creates handlers that each add to a counter of their own. */
	static List<Observer> counting(int count) {
		return create(count, true, null);
	}

	/** Creates handlers that read their payload and record the time in a timer. */
	static List<Observer> timed(int count, MeterRegistry registry) {
		return create(count, false, registry);
	}

	private static List<Observer> create(int count, boolean counting, @Nullable MeterRegistry registry) {
		List<Observer> observers = new ArrayList<>(count);
		for (int i = 0; i < count; i++) {
			Timer timer = (registry != null) ? registry.timer("handler", "id", String.valueOf(i)) : null;
			try {
				observers.add(Copies.CONSTRUCTORS.get(i % CLASSES).newInstance(counting, timer));
			}
			catch (ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}
		return observers;
	}

	/** Class loader of one copy of the template. */
	final class Copies extends ClassLoader {

		private static final List<Constructor<? extends Observer>> CONSTRUCTORS = constructors();

		private Copies() {
			super(Observer.class.getClassLoader());
		}

		private static List<Constructor<? extends Observer>> constructors() {
			List<Constructor<? extends Observer>> constructors = new ArrayList<>();
			Class<?> template = ObserverTemplate.class;
			try (var in = template.getResourceAsStream(template.getSimpleName() + ".class")) {
				byte[] code = (in != null) ? in.readAllBytes() : new byte[0];
				for (int i = 0; i < CLASSES; i++) {
					constructors.add(new Copies().defineClass(template.getName(), code, 0, code.length)
						.asSubclass(Observer.class)
						.getConstructor(boolean.class, Timer.class));
				}
				return constructors;
			}
			catch (ReflectiveOperationException | IOException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
