package io.telemetryrouter.spring.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An application as users of the starter write it.
 */
@SpringBootApplication
class EmittingApplication {

}
