package io.telemetryrouter.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Prevents Spring Boot from binding the maps that {@link ConfigurationReader} binds, and
 * rejects unknown system properties of partners, which Spring Boot ignores.
 */
final class MapBindingAdvisor implements ConfigurationPropertiesBindHandlerAdvisor {

	@Override
	public BindHandler apply(BindHandler bindHandler) {
		return new AbstractBindHandler(new SystemPropertiesHandler(bindHandler)) {

			@Override
			public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target,
					BindContext context) {
				boolean ours = name.equals(ConfigurationReader.EVENTS) || name.equals(ConfigurationReader.HANDLERS);
				return ours ? null : super.onStart(name, target, context);
			}

		};
	}

	private static final class SystemPropertiesHandler extends NoUnboundElementsBindHandler {

		private final BindHandler parent;

		SystemPropertiesHandler(BindHandler parent) {
			super(parent, SystemPropertiesHandler::isSystemProperties);
			this.parent = parent;
		}

		private static boolean isSystemProperties(ConfigurationPropertySource source) {
			return source.getUnderlyingSource() instanceof PropertySource<?> properties
					&& properties.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
		}

		@Override
		public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
				@Nullable Object result) throws Exception {
			if (ConfigurationReader.PREFIX.isParentOf(name)) {
				super.onFinish(name, target, context, result);
			}
			this.parent.onFinish(name, target, context, result);
		}

	}

}
