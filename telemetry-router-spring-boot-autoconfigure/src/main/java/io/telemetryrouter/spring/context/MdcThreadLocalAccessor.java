package io.telemetryrouter.spring.context;

import java.util.Map;

import io.micrometer.context.ThreadLocalAccessor;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes the MDC. Unlike {@link Slf4jThreadLocalAccessor}, it treats an MDC map
 * without entries as no MDC.
 */
final class MdcThreadLocalAccessor implements ThreadLocalAccessor<Map<String, String>> {

	private final Slf4jThreadLocalAccessor delegate = new Slf4jThreadLocalAccessor();

	@Override
	public Object key() {
		return this.delegate.key();
	}

	@Override
	public @Nullable Map<String, String> getValue() {
		Map<String, String> mdc = this.delegate.getValue();
		return (mdc != null && !mdc.isEmpty()) ? mdc : null;
	}

	@Override
	public void setValue(Map<String, String> value) {
		this.delegate.setValue(value);
	}

	@Override
	public void setValue() {
		this.delegate.setValue();
	}

}
