/**
 * The gRPC service in front of the engine: checks what arrives, and keeps slow readers from holding
 * up a step.
 */
@NullMarked
package dev.paceline.target.rpc;

import org.jspecify.annotations.NullMarked;
