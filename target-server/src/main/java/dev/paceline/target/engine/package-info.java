/**
 * The verification engine: one thread owns the device, chooses who takes part in each step, runs it
 * and gives every session its picks. Everything that touches a session happens on that thread, in
 * order; what comes from outside is posted to its mailbox, and what goes out is handed to a {@link
 * dev.paceline.target.engine.SessionOutput} that must not block.
 *
 * <p>With a draft model of its own the same thread makes drafts before a step of the target, for
 * sessions that have none and want some ({@link dev.paceline.target.engine.ServerDrafter}). A
 * server without one refuses {@code colocated}: who asks for that mode wants to measure it, and the
 * target alone under its name would mislead.
 */
@NullMarked
package dev.paceline.target.engine;

import org.jspecify.annotations.NullMarked;
