/**
 * The client's half of a session: what to draft next, what to send, what is output, and how to go
 * on after a lost connection.
 */
@NullMarked
package dev.paceline.common.speculation.draft;

import org.jspecify.annotations.NullMarked;
