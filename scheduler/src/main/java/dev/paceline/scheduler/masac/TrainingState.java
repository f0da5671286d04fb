package dev.paceline.scheduler.masac;

import java.util.List;

/**
 * Everything that the rest of a training run depends on: a run that takes it up goes on bit for bit
 * as if it had not stopped.
 *
 * @param settings of the run
 * @param done updates made
 * @param best best validation score so far
 * @param random of exploration, sampling and the next episodes
 * @param learner networks and temperature
 * @param optimizers Adam's moments of the actor and of both critics
 * @param episode the episode that was under way
 * @param replay the experience kept
 */
record TrainingState(
    Trainer.Settings settings,
    long done,
    double best,
    SavableRandom.State random,
    Learner learner,
    List<Adam.State> optimizers,
    RecordedEpisode.History episode,
    Replay.Contents replay) {}
