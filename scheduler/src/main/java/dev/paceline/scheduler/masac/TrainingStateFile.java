package dev.paceline.scheduler.masac;

import dev.paceline.common.UserError;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A {@link TrainingState} as a file: big-endian numbers in the order of the record, networks and
 * moments at full precision, equal observations once, a CRC-32 at the end.
 */
final class TrainingStateFile {
  private static final int MAGIC = 0x504C5453;
  private static final int VERSION = 1;

  /** Bounds of what a file may claim, far above what training makes. */
  private static final int MOST_USERS = 1 << 16;

  private static final int MOST_ITEMS = 1 << 24;

  private TrainingStateFile() {}

  /** Writes a state, whole or not at all. */
  static void write(Path file, TrainingState state) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    CRC32 crc = new CRC32();
    try (DataOutputStream out =
        new DataOutputStream(
            new CheckedOutputStream(
                new BufferedOutputStream(Files.newOutputStream(part), 1 << 16), crc))) {
      new Writer(out).write(state);
      out.flush();
      out.writeLong(crc.getValue());
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /**
   * @throws UserError if the file is unreadable, damaged or of another version
   */
  static TrainingState read(Path file) {
    CRC32 crc = new CRC32();
    try (DataInputStream in =
        new DataInputStream(
            new CheckedInputStream(
                new BufferedInputStream(Files.newInputStream(file), 1 << 16), crc))) {
      TrainingState state = new Reader(in).read();
      long sum = crc.getValue();
      if (in.readLong() != sum) {
        throw new IOException("its checksum is wrong");
      }
      return state;
    } catch (IOException e) {
      String why = e.getMessage() == null ? "it ends early" : e.getMessage();
      throw new UserError("cannot go on with the training of " + file + ": " + why, e);
    }
  }

  private static final class Writer {
    private final DataOutputStream out;

    Writer(DataOutputStream out) {
      this.out = out;
    }

    void write(TrainingState state) throws IOException {
      out.writeInt(MAGIC);
      out.writeInt(VERSION);
      Trainer.Settings settings = state.settings();
      out.writeByte(settings.variant().ordinal());
      out.writeLong(settings.seed());
      out.writeLong(settings.updates());
      out.writeInt(settings.batch());
      out.writeInt(settings.episodeSlots());
      out.writeInt(settings.warmUp());
      out.writeInt(settings.validateEvery());
      out.writeLong(state.done());
      out.writeDouble(state.best());
      random(state.random());
      for (SetModel model : state.learner().models()) {
        floats(model.weights());
      }
      out.writeDouble(state.learner().logTemperature());
      for (Adam.State optimizer : state.optimizers()) {
        out.writeInt(optimizer.step());
        floats(optimizer.moments());
      }
      random(state.episode().start());
      out.writeInt(state.episode().slots());
      out.writeInt(state.episode().taken().size());
      for (float[][] action : state.episode().taken()) {
        out.writeInt(action.length);
        floats(action);
      }
      replay(state.replay());
    }

    private void replay(Replay.Contents replay) throws IOException {
      Map<Observation, Integer> index = new HashMap<>();
      List<Observation> seen = new ArrayList<>();
      for (Transition item : replay.items()) {
        for (Observation each : new Observation[] {item.seen(), item.next()}) {
          if (index.putIfAbsent(each, seen.size()) == null) {
            seen.add(each);
          }
        }
      }
      out.writeInt(seen.size());
      for (Observation each : seen) {
        out.writeInt(each.count());
        floats(each.users());
        floats(each.active());
        floats(new float[][] {each.server()});
      }
      out.writeInt(replay.items().size());
      for (Transition item : replay.items()) {
        out.writeInt(index.getOrDefault(item.seen(), -1));
        out.writeInt(index.getOrDefault(item.next(), -1));
        floats(item.action());
        out.writeFloat(item.reward());
      }
      out.writeInt(replay.oldest());
    }

    private void random(SavableRandom.State state) throws IOException {
      out.writeLong(state.seed());
      out.writeLong(state.gamma());
    }

    private void floats(float[][] rows) throws IOException {
      for (float[] row : rows) {
        for (float value : row) {
          out.writeFloat(value);
        }
      }
    }
  }

  private static final class Reader {
    private final DataInputStream in;

    Reader(DataInputStream in) {
      this.in = in;
    }

    TrainingState read() throws IOException {
      if (in.readInt() != MAGIC) {
        throw new IOException("it is no training state");
      }
      int version = in.readInt();
      if (version != VERSION) {
        throw new IOException("its version " + version + " is not " + VERSION);
      }
      Variant variant = Variant.values()[count(Variant.values().length - 1, in.readByte())];
      Trainer.Settings settings =
          new Trainer.Settings(
              variant,
              in.readLong(),
              in.readLong(),
              in.readInt(),
              in.readInt(),
              in.readInt(),
              in.readInt());
      long done = in.readLong();
      double best = in.readDouble();
      SavableRandom.State random = random();
      SetModel[] models = new SetModel[5];
      for (int p = 0; p < models.length; p++) {
        SetModel.Shape shape = p == 0 ? Learner.ACTOR : Learner.CRITIC;
        models[p] = new SetModel(shape, weights(shape, 1));
      }
      Learner learner = Learner.of(variant, models, in.readDouble());
      List<Adam.State> optimizers = new ArrayList<>();
      for (int p = 0; p < 3; p++) {
        int step = in.readInt();
        SetModel.Shape shape = p == 0 ? Learner.ACTOR : Learner.CRITIC;
        optimizers.add(new Adam.State(step, weights(shape, 2)));
      }
      return new TrainingState(
          settings, done, best, random, learner, optimizers, episode(), replay());
    }

    private RecordedEpisode.History episode() throws IOException {
      SavableRandom.State start = random();
      int slots = in.readInt();
      int asked = count(MOST_ITEMS, in.readInt());
      List<float[][]> taken = new ArrayList<>();
      for (int k = 0; k < asked; k++) {
        taken.add(floats(count(MOST_USERS, in.readInt()), Features.ACTIONS));
      }
      return new RecordedEpisode.History(start, slots, taken);
    }

    private Replay.Contents replay() throws IOException {
      int observations = count(MOST_ITEMS, in.readInt());
      List<Observation> seen = new ArrayList<>();
      for (int k = 0; k < observations; k++) {
        int users = count(MOST_USERS, in.readInt());
        float[][] rows = floats(users, Features.USER);
        float[][] active = floats(users, Features.ACTIONS);
        seen.add(new Observation(rows, floats(1, Features.SERVER)[0], active));
      }
      int transitions = count(MOST_ITEMS, in.readInt());
      List<Transition> items = new ArrayList<>();
      for (int k = 0; k < transitions; k++) {
        Observation now = seen.get(count(observations - 1, in.readInt()));
        Observation next = seen.get(count(observations - 1, in.readInt()));
        items.add(new Transition(now, floats(now.count(), Features.ACTIONS), in.readFloat(), next));
      }
      return new Replay.Contents(items, count(Math.max(0, transitions - 1), in.readInt()));
    }

    private SavableRandom.State random() throws IOException {
      return new SavableRandom.State(in.readLong(), in.readLong());
    }

    private float[][] weights(SetModel.Shape shape, int times) throws IOException {
      int[][] sizes = shape.sizes();
      float[][] weights = new float[times * sizes.length][];
      for (int k = 0; k < weights.length; k++) {
        int[] size = sizes[k % sizes.length];
        weights[k] = floats(1, size[0] * size[1])[0];
      }
      return weights;
    }

    private float[][] floats(int rows, int width) throws IOException {
      float[][] values = new float[rows][width];
      for (float[] row : values) {
        for (int k = 0; k < width; k++) {
          row[k] = in.readFloat();
        }
      }
      return values;
    }

    private static int count(int most, int value) throws IOException {
      if (value < 0 || value > most) {
        throw new IOException("it holds the number " + value + " where 0 to " + most + " can be");
      }
      return value;
    }
  }
}
