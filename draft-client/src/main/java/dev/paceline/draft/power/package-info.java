/** Where a computer's battery and heat are read. */
@NullMarked
package dev.paceline.draft.power;

import org.jspecify.annotations.NullMarked;
