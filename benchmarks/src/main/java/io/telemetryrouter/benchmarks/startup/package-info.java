/**
 * Start-up time that the router adds to an application, measured outside JMH. A separate
 * package, because Spring scans all classes in the package of an application.
 */
@NullMarked
package io.telemetryrouter.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
