/**
 * Paceline as a library on the JVM: {@link dev.paceline.draft.api.TextClient} writes texts, to a
 * callback or to a {@link java.util.concurrent.Flow} subscriber. Programs that have token ids, or
 * run on Android, use {@link dev.paceline.draft.core.DraftClient} with a {@link
 * dev.paceline.draft.core.TokenListener} instead.
 */
@NullMarked
package dev.paceline.draft.api;

import org.jspecify.annotations.NullMarked;
