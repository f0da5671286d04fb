/**
 * Trains GPT-2s of small shapes from text files. {@link dev.paceline.models.train.TrainProgram} is
 * the compiled TorchScript program: one call runs a micro-batch forward and backward, one an update
 * of all weights. {@link dev.paceline.models.train.Trainer} is the loop around it.
 */
@NullMarked
package dev.paceline.models.train;

import org.jspecify.annotations.NullMarked;
