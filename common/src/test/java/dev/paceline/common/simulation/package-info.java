/**
 * A seeded simulation of whole systems: clients, links, servers with one device each, synthetic
 * model pairs and a virtual clock around the real session state machines. After every event named
 * invariants are checked; a failure names the seed that repeats it.
 */
@NullMarked
package dev.paceline.common.simulation;

import org.jspecify.annotations.NullMarked;
