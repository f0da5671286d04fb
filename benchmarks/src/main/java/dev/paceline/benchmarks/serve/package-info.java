/**
 * {@code paceline bench serve-load}: a target server under load from many sessions over real gRPC.
 * Clients draft from a recorded text at no cost, so that the server is what is measured.
 */
@NullMarked
package dev.paceline.benchmarks.serve;

import org.jspecify.annotations.NullMarked;
