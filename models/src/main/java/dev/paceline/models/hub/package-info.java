/**
 * The HuggingFace hub: the cache that all its clients share on a machine, and a client that
 * downloads into it. Layout: {@code models--org--name/{blobs,refs/main,snapshots/<commit>/file →
 * ../../blobs/<digest>}}.
 */
@NullMarked
package dev.paceline.models.hub;

import org.jspecify.annotations.NullMarked;
