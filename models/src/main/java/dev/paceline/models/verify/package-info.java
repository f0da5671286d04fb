/** Compares a loaded model with what another implementation computed. */
@NullMarked
package dev.paceline.models.verify;

import org.jspecify.annotations.NullMarked;
