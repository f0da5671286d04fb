/**
 * The server's half of a session: what the target knows, which drafts wait, which rows to compute
 * next, and when to hold for a draft instead of decoding alone.
 */
@NullMarked
package dev.paceline.common.speculation.target;

import org.jspecify.annotations.NullMarked;
