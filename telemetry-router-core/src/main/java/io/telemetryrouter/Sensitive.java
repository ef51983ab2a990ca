package io.telemetryrouter;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a part of a payload that must not leave the process or reach a disk: a component
 * of a record, or a field or getter of another class, however deep in the payload.
 * Handlers receive it as it was emitted. Components that write payloads elsewhere, such
 * as the journal, write {@code "[redacted]"} for a string and {@code null} for anything
 * else, without reading the value.
 *
 * @since 0.1.0
 * @see PayloadSanitizer
 */
@Documented
@Target({ ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD })
@Retention(RetentionPolicy.RUNTIME)
public @interface Sensitive {

}
