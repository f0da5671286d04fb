/**
 * The client that computers and phones share: it drafts, talks to a target server through a {@link
 * dev.paceline.draft.core.SpeculationTransport} and hands verified tokens to a listener. No
 * server-side library, no terminal, Java 11.
 */
@NullMarked
package dev.paceline.draft.core;

import org.jspecify.annotations.NullMarked;
