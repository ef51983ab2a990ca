/**
 * What the router adds to the start of an application, measured outside JMH. A package of
 * its own, since Spring looks at all classes in the package of an application.
 */
@NullMarked
package io.telemetryrouter.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
