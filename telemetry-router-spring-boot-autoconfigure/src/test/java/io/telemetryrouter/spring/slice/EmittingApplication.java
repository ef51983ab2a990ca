package io.telemetryrouter.spring.slice;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/**
 * An application as its users write it.
 */
@SpringBootApplication
class EmittingApplication {

}
