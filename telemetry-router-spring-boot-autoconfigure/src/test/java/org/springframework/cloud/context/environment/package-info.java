/**
 * A stand-in for Spring Cloud.
 */
package org.springframework.cloud.context.environment;
