/**
 * Checkpoints of any GPT-2 shape with seeded random weights, for measurements of time and memory
 * where a trained model is not at hand.
 */
@NullMarked
package dev.paceline.models.synth;

import org.jspecify.annotations.NullMarked;
