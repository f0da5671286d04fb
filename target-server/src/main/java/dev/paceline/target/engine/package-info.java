/**
 * The verification engine: one thread owns the device, chooses who takes part in each step, runs it
 * and gives every session its picks. Everything that touches a session happens on that thread, in
 * order; what comes from outside is posted to its mailbox, and what goes out is handed to a {@link
 * dev.paceline.target.engine.SessionOutput} that must not block.
 */
@NullMarked
package dev.paceline.target.engine;

import org.jspecify.annotations.NullMarked;
