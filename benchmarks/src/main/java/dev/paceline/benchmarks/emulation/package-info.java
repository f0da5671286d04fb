/**
 * Devices and links of a chosen speed: real models answer, but how long they take, and how long a
 * frame travels, is waited out. What a measurement sees of the real code is everything else: gRPC,
 * the state machines, the engine and its queue.
 */
@NullMarked
package dev.paceline.benchmarks.emulation;

import org.jspecify.annotations.NullMarked;
