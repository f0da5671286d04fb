package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.models.safetensors.DType;

/**
 * How a run goes.
 *
 * @param batch sequences of an update
 * @param accumulation micro-batches that an update's sequences are split into
 * @param sequence tokens of a sequence
 * @param rate peak learning rate
 * @param decay of weights
 * @param clip largest norm of the gradient
 * @param steps updates of the whole run, or 0
 * @param minutes time of the whole run if steps is 0; then the schedule follows the clock
 * @param validateEvery updates between validations and checkpoints
 * @param saved type of the weights in the models that a run writes, F32 or F16
 */
record TrainOptions(
    Optimizer optimizer,
    Schedule schedule,
    int batch,
    int accumulation,
    int sequence,
    double rate,
    double decay,
    double clip,
    long steps,
    double minutes,
    int validateEvery,
    long seed,
    DType saved) {

  /** Checks every value. */
  TrainOptions {
    check("--batch", batch, 1, 1 << 16);
    check("--accumulate", accumulation, 1, batch);
    if (batch % accumulation != 0) {
      throw new UserError(
          "--batch " + batch + " is not a multiple of --accumulate " + accumulation);
    }
    check("--sequence", sequence, 2, 1 << 20);
    check("--validate-every", validateEvery, 1, 1 << 30);
    if (!(rate > 0 && rate <= 1)) {
      throw new UserError("--lr " + rate + " is not above 0 and at most 1");
    }
    if (!(decay >= 0 && decay <= 1)) {
      throw new UserError("--weight-decay " + decay + " is not between 0 and 1");
    }
    if (!(clip > 0)) {
      throw new UserError("--clip " + clip + " is not above 0");
    }
    if ((steps > 0) == (minutes > 0)) {
      throw new UserError("give either --steps or --minutes, above 0");
    }
  }

  /** What a resumed run must share, but for how long it goes. */
  String setup() {
    return optimizer.method()
        + " batch "
        + batch
        + "/"
        + accumulation
        + " x "
        + sequence
        + " lr "
        + rate
        + " decay "
        + decay
        + " clip "
        + clip
        + " seed "
        + seed;
  }

  double progress(long step, double seconds) {
    return steps > 0 ? (double) step / steps : seconds / (60 * minutes);
  }

  private static void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UserError(option + " " + value + " is not between " + least + " and " + most);
    }
  }
}
