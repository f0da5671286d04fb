package dev.paceline.scheduler.mec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SionnaTraceTest {
  @TempDir Path folder;

  /** The scenario that the export script documents. */
  @Test
  void shippedTraceHoldsTheDocumentedScenario() {
    SionnaTrace trace = SionnaTrace.builtIn();
    assertThat(trace.slots()).isEqualTo(60);
    assertThat(trace.devices()).isEqualTo(30);
    assertThat(trace.servers()).isEqualTo(4);
    assertThat(trace.carrierHz()).isEqualTo(3.5e9);
    assertThat(trace.slotSeconds()).isEqualTo(1);
    assertThat(trace.server(0)).isEqualTo(new Position(100, 100, 10));
    assertThat(trace.server(3)).isEqualTo(new Position(300, 300, 10));
    for (int i = 0; i < trace.devices(); i++) {
      double step = trace.device(0, i).distance2dMetres(trace.device(1, i));
      assertThat(step).as("metres walked in a slot").isCloseTo(3 / 3.6, within(1e-9));
    }
  }

  /** Gains must scatter around the path-loss formula as its shadowing says, no more. */
  @Test
  void shippedGainsAgreeWithThePathLossModel() {
    SionnaTrace trace = SionnaTrace.builtIn();
    double sum = 0;
    int count = 0;
    for (int i = 0; i < trace.devices(); i++) {
      for (int j = 0; j < trace.servers(); j++) {
        double distance = trace.device(0, i).distance2dMetres(trace.server(j));
        double p = UmiPathLoss.losProbability(distance);
        double expected =
            -p * UmiPathLoss.decibel(distance, 10, 1.5, 3.5, true)
                - (1 - p) * UmiPathLoss.decibel(distance, 10, 1.5, 3.5, false);
        sum += trace.gainDb(0, i, j) - expected;
        count++;
      }
    }
    assertThat(sum / count).as("mean deviation in dB over %s links", count).isBetween(-3.0, 3.0);
  }

  @Test
  void channelPlaysForwardsThenBackwards() {
    SionnaTrace trace = SionnaTrace.builtIn();
    Channel channel = trace.channel(58, 2);
    double[] seen = new double[8];
    for (int k = 0; k < seen.length; k++) {
      seen[k] = channel.gainDb(0, 0);
      channel.advance();
    }
    double s58 = trace.gainDb(58, 0, 0);
    double s59 = trace.gainDb(59, 0, 0);
    double s57 = trace.gainDb(57, 0, 0);
    assertThat(seen).containsExactly(s58, s58, s59, s59, s58, s58, s57, s57);
  }

  @Test
  void missingFileIsOneSentence() {
    assertThatThrownBy(() -> SionnaTrace.read(folder.resolve("none.npz")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("none.npz: there is no such file");
  }

  @Test
  void anythingElseThanAnArchiveIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("text.npz"), new byte[] {1, 2, 3});
    refused(file, "is no .npz file");
  }

  @Test
  void truncatedArchiveIsRefused() throws IOException {
    byte[] whole = Files.readAllBytes(write(good()));
    Path file = Files.write(folder.resolve("cut.npz"), Arrays.copyOf(whole, whole.length / 3));
    assertThatThrownBy(() -> SionnaTrace.read(file)).isInstanceOf(UserError.class);
  }

  @Test
  void missingArrayIsNamed() throws IOException {
    Map<String, byte[]> arrays = good();
    arrays.remove("pos_bs");
    refused(write(arrays), "has no array 'pos_bs'");
  }

  @Test
  void shapesThatDoNotFitAreNamed() throws IOException {
    Map<String, byte[]> arrays = good();
    arrays.put("pos_ue", npy("<f8", false, new double[12], 2, 2, 3));
    refused(write(arrays), "pos_ue has the shape [2, 2, 3], but gain_db asks for [2, 1, 3]");
  }

  @Test
  void wrongNumberOfDimensionsIsRefused() throws IOException {
    Map<String, byte[]> arrays = good();
    arrays.put("gain_db", npy("<f4", false, new double[] {-90, -90}, 2));
    refused(write(arrays), "3 dimensions were expected");
  }

  @Test
  void gainsThatAreNotDecibelsAreRefused() throws IOException {
    for (double bad : new double[] {Double.NaN, Double.NEGATIVE_INFINITY, 1e6}) {
      Map<String, byte[]> arrays = good();
      arrays.put("gain_db", npy("<f4", false, new double[] {-90, bad}, 2, 1, 1));
      refused(write(arrays), "no channel gain in decibel");
    }
  }

  @Test
  void emptyTraceIsRefused() throws IOException {
    Map<String, byte[]> arrays = good();
    arrays.put("gain_db", npy("<f4", false, new double[0], 0, 1, 1));
    refused(write(arrays), "gain_db is empty");
  }

  @Test
  void slotOfNoLengthIsRefused() throws IOException {
    Map<String, byte[]> arrays = good();
    arrays.put("slot_s", npy("<f8", false, new double[] {0}));
    refused(write(arrays), "slot_s is 0.0, but must be positive");
  }

  @Test
  void otherLayoutsAreRefused() throws IOException {
    Map<String, byte[]> fortran = good();
    fortran.put("pos_ue", npy("<f8", true, new double[6], 2, 1, 3));
    refused(write(fortran), "Fortran order");
    Map<String, byte[]> objects = good();
    objects.put("pos_ue", npy("|O", false, new double[6], 2, 1, 3));
    refused(write(objects), "its type is |O");
    Map<String, byte[]> bytes = good();
    bytes.put("pos_ue", Arrays.copyOf(good().get("pos_ue"), 90));
    refused(write(bytes), "array pos_ue");
    Map<String, byte[]> huge = good();
    huge.put("pos_ue", npy("<f8", false, new double[6], 2_000_000_000, 2_000_000_000, 3));
    refused(write(huge), "too large");
  }

  /** Whatever a damaged file holds, it is read or refused with a sentence. */
  @Test
  void damagedFilesNeverFailOtherwise() throws IOException {
    byte[] whole = Files.readAllBytes(write(good()));
    SplittableRandom random = new SplittableRandom(17);
    int refused = 0;
    for (int k = 0; k < 3000; k++) {
      byte[] damaged = Arrays.copyOf(whole, whole.length - (k % 5 == 0 ? random.nextInt(300) : 0));
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      Path file = Files.write(folder.resolve("damaged.npz"), damaged);
      try {
        assertThat(SionnaTrace.read(file).devices()).isPositive();
      } catch (UserError e) {
        assertThat(e).hasMessageContaining("damaged.npz");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }

  private void refused(Path file, String sentence) {
    assertThatThrownBy(() -> SionnaTrace.read(file))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(sentence);
  }

  private static Map<String, byte[]> good() {
    Map<String, byte[]> arrays = new LinkedHashMap<>();
    arrays.put("gain_db", npy("<f4", false, new double[] {-90, -91}, 2, 1, 1));
    arrays.put("pos_ue", npy("<f8", false, new double[6], 2, 1, 3));
    arrays.put("pos_bs", npy("<f8", false, new double[3], 1, 3));
    arrays.put("slot_s", npy("<f8", false, new double[] {1}));
    arrays.put("fc_hz", npy("<f8", false, new double[] {3.5e9}));
    return arrays;
  }

  private Path write(Map<String, byte[]> arrays) throws IOException {
    Path file = folder.resolve("trace.npz");
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, byte[]> entry : arrays.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey() + ".npy"));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  private static byte[] npy(String type, boolean fortran, double[] values, int... shape) {
    String sizes =
        Arrays.toString(shape).replace("[", "(").replace("]", shape.length == 1 ? ",)" : ")");
    String header =
        "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
            .formatted(type, fortran ? "True" : "False", sizes);
    boolean floats = type.equals("<f4");
    ByteBuffer out =
        ByteBuffer.allocate(10 + header.length() + values.length * (floats ? 4 : 8))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0);
    out.putShort((short) header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
    for (double value : values) {
      if (floats) {
        out.putFloat((float) value);
      } else {
        out.putDouble(value);
      }
    }
    return out.array();
  }
}
