package org.springframework.cloud.context.environment;

import java.util.Set;

import org.springframework.context.ApplicationEvent;

/**
 * Has the name of Spring Cloud's event, which is not on the class path.
 */
public class EnvironmentChangeEvent extends ApplicationEvent {

	public EnvironmentChangeEvent(Object source, Set<String> keys) {
		super(source);
	}

}
