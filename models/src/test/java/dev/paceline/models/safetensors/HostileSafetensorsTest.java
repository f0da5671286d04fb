package dev.paceline.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostileSafetensorsTest {
  private static final String A = "'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}";

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|0|a header that is not a JSON object",
        "1|0|a header that is not a JSON object",
        "{|0|not valid JSON",
        "{}{}|0|something after the header",
        "{'a':1}|0|tensor 'a' is described by something else than an object",
        "{'a':{}}|0|tensor 'a' has no dtype",
        "{'a':{'dtype':'F32','shape':[]}}|0|tensor 'a' has no data_offsets",
        "{'a':{'dtype':'F8','shape':[2],'data_offsets':[0,8]}}|8|tensor 'a' has the unsupported dtype 'F8'",
        "{'a':{'dtype':4,'shape':[2],'data_offsets':[0,8]}}|8|has a dtype that is not a string",
        "{'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}|8|has a shape that is not an array",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}}|8|something else than a whole number",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}|8|has -2 in its shape",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}|8|has 99999999999999999999 in its shape",
        "{'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}}|8|has the absurd shape [4294967296, 4294967296]",
        "{'a':{'dtype':'F32','shape':[1,1,1,1,1,1,1,1,2],'data_offsets':[0,8]}}|8|more than 8 numbers",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}|8|is 12 bytes, but a range of 8 bytes",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}|8|begins at byte 8, after its end 0",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}|8|has data_offsets [0] where two numbers belong",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8,9]}}|8|has a data_offsets of more than 2 numbers",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[-8,0]}}|8|has -8 in its data_offsets",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8],'x':1}}|8|has an unknown key 'x'",
        "{'a':{'dtype':'F32','dtype':'F32','shape':[2],'data_offsets':[0,8]}}|8|has two values of dtype",
        "{A}|7|ends at byte 8 but the file has 7 bytes of data: is it truncated?",
        "{A}|9|has 9 bytes of data but its tensors end at byte 8",
        "{A,A}|8|has two tensors named 'a'",
        "{A,'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}|8|'b' begins at byte 4, inside tensor 'a' which ends at 8",
        "{A,'b':{'dtype':'F32','shape':[1],'data_offsets':[12,16]}}|16|'b' begins at byte 12, which leaves a hole after byte 8",
        "{'__metadata__':{'a':1}}|0|has a __metadata__ value of 'a' that is not a string",
        "{'__metadata__':[]}|0|has a __metadata__ that is not an object",
        "{'__metadata__':{},'__metadata__':{}}|0|has two __metadata__ objects",
        "{'a':{'dtype':'F32','shape':[[[[[[2]]]]]],'data_offsets':[0,8]}}|8|something else than a whole number",
        "{'__metadata__':{'a':{'b':{'c':{'d':{'e':1}}}}}}|0|that is not a string",
      })
  void liesAreNamed(String header, int dataBytes, String sentence) throws IOException {
    String json = header.replace("A", A).replace('\'', '"');
    String said = HostileFiles.open(directory, HostileFiles.file(json, dataBytes));
    assertThat(said.replace('"', '\'')).contains(sentence);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, 100_000_001, 1000})
  void lyingHeaderLengthsAreNamed(long length) throws IOException {
    byte[] file = HostileFiles.file("{}", 0);
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    assertThat(HostileFiles.open(directory, file))
        .contains("announces a header of " + Long.toUnsignedString(length) + " bytes");
  }

  @Test
  void veryShortFilesAreNamed() throws IOException {
    assertThat(HostileFiles.open(directory, new byte[0])).contains("has 0 bytes, too few");
    assertThat(HostileFiles.open(directory, new byte[7])).contains("has 7 bytes, too few");
    assertThat(HostileFiles.open(directory, new byte[8])).contains("not a JSON object");
  }

  @Test
  void deepAndLongHeadersAreCheap() throws IOException {
    assertThat(HostileFiles.open(directory, HostileFiles.file("[".repeat(1_000_000), 0)))
        .isNotEmpty();
    assertThat(
            HostileFiles.open(
                directory, HostileFiles.file("{\"a\":" + "{\"a\":".repeat(100_000), 0)))
        .isNotEmpty();
    assertThat(
            HostileFiles.open(
                directory, HostileFiles.file("{\"" + "n".repeat(5_000_000) + "\":1}", 0)))
        .contains("absurdly long");
    String digits = "9".repeat(1_000_000);
    assertThat(
            HostileFiles.open(
                directory,
                HostileFiles.file(
                    "{\"a\":{\"dtype\":\"U8\",\"shape\":[" + digits + "],\"data_offsets\":[0,1]}}",
                    1)))
        .contains("absurdly long");
  }

  /**
   * Flips, inserts, deletes and copies bytes of a valid file; the seed is in the name of a failing
   * assertion.
   */
  @Test
  void mutatedFilesNeverDoWorseThanASentence() throws IOException {
    String json =
        "{"
            + A
            + ",'b':{'dtype':'I64','shape':[1,2],'data_offsets':[8,24]},'__metadata__':{'k':'v'}}";
    byte[] valid = HostileFiles.file(json.replace('\'', '"'), 24);
    assertThat(HostileFiles.open(directory, valid)).isEmpty();
    int refused = 0;
    for (int seed = 0; seed < 3000; seed++) {
      byte[] mutant = mutate(valid, new Random(seed));
      try {
        refused += HostileFiles.open(directory, mutant).isEmpty() ? 0 : 1;
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(refused).isGreaterThan(2000);
  }

  private static byte[] mutate(byte[] valid, Random random) {
    byte[] digits = "0123456789-,:[]{}\"".getBytes(StandardCharsets.US_ASCII);
    StringBuilder bytes = new StringBuilder(new String(valid, StandardCharsets.ISO_8859_1));
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      int at = random.nextInt(bytes.length());
      switch (random.nextInt(5)) {
        case 0 -> bytes.setCharAt(at, (char) random.nextInt(256));
        case 1 -> bytes.setCharAt(at, (char) digits[random.nextInt(digits.length)]);
        case 2 -> bytes.insert(at, (char) digits[random.nextInt(digits.length)]);
        case 3 -> bytes.deleteCharAt(at);
        default -> bytes.setLength(Math.max(8, at));
      }
    }
    return bytes.toString().getBytes(StandardCharsets.ISO_8859_1);
  }
}
