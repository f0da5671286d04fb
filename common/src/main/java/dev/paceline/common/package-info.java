/**
 * What clients, servers and the scheduler share: errors, the command interface, and in the packages
 * below the sampling race and the speculation core. Nothing here reads a clock, a socket or a
 * random source by itself, and everything runs on Android 26.
 */
@NullMarked
package dev.paceline.common;

import org.jspecify.annotations.NullMarked;
