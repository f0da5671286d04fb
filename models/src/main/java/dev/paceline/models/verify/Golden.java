package dev.paceline.models.verify;

import dev.paceline.common.UserError;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.safetensors.Safetensors;
import dev.paceline.models.safetensors.WeightTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reference results from a safetensors file. Tensors, all under one prefix:
 *
 * <ul>
 *   <li>{@code input_ids} [B, T] or [T] and {@code logits} [B, T, V] or [T, V];
 *   <li>{@code greedy_prompt} [1, n] or [n] and {@code greedy_output} [n + m] with the prompt at
 *       its start, or [m] without; or several of them as {@code 0.prompt}, {@code 0.greedy_output},
 *       {@code 1.prompt}, …, where prompts may also stand without the prefix.
 * </ul>
 *
 * @param sequences token ids, each with its logits
 * @param continuations prompts with the tokens that greedy decoding adds
 */
public record Golden(List<Sequence> sequences, List<Continuation> continuations) {
  /**
   * One row of the batch.
   *
   * @param ids token ids, length T
   * @param logits T × V, row-major
   */
  public record Sequence(int[] ids, float[] logits) {}

  /**
   * One greedy continuation.
   *
   * @param prompt n token ids
   * @param output the m token ids after it
   */
  public record Continuation(int[] prompt, int[] output) {}

  /** Copies the lists. */
  public Golden {
    sequences = List.copyOf(sequences);
    continuations = List.copyOf(continuations);
  }

  /**
   * Reads a file for a model of a certain shape.
   *
   * @param prefix before every name, may be empty
   * @throws UserError if the file cannot be read, or its tensors do not fit each other or the model
   */
  public static Golden read(Path path, String prefix, Gpt2Config config) {
    try (Safetensors file = Safetensors.open(path)) {
      Reader reader = new Reader(file, prefix, config);
      return new Golden(reader.sequences(), reader.continuations());
    }
  }

  private record Reader(Safetensors file, String prefix, Gpt2Config config) {
    List<Sequence> sequences() {
      WeightTensor idsTensor = file.tensor(prefix + "input_ids");
      WeightTensor logitsTensor = file.tensor(prefix + "logits");
      long[] shape = idsTensor.shape();
      long[] expected = Arrays.copyOf(shape, shape.length + 1);
      expected[shape.length] = config.vocabSize();
      if (shape.length < 1 || shape.length > 2 || idsTensor.elements() == 0) {
        throw new UserError(idsTensor + " is not [B, T] or [T]");
      }
      if (!Arrays.equals(logitsTensor.shape(), expected)) {
        throw new UserError(
            logitsTensor
                + " does not have the shape "
                + Arrays.toString(expected)
                + " that its input_ids and the model's vocabulary call for");
      }
      int[] ids = ids(idsTensor);
      int length = (int) shape[shape.length - 1];
      checkLength(idsTensor, length);
      List<Sequence> sequences = new ArrayList<>();
      for (int from = 0; from < ids.length; from += length) {
        float[] logits = new float[Math.multiplyExact(length, config.vocabSize())];
        logitsTensor.readFloats((long) from * config.vocabSize(), logits, 0, logits.length);
        sequences.add(new Sequence(Arrays.copyOfRange(ids, from, from + length), logits));
      }
      return sequences;
    }

    List<Continuation> continuations() {
      List<Continuation> all = new ArrayList<>();
      if (file.names().contains(prefix + "greedy_output")) {
        all.add(continuation(prefix + "greedy_prompt", prefix + "greedy_output"));
      }
      for (int n = 0; file.names().contains(prefix + n + ".greedy_output"); n++) {
        String own = prefix + n + ".prompt";
        String prompt = file.names().contains(own) ? own : n + ".prompt";
        all.add(continuation(prompt, prefix + n + ".greedy_output"));
      }
      if (all.isEmpty()) {
        throw new UserError(file.path() + " has no tensor '" + prefix + "greedy_output'");
      }
      return all;
    }

    private Continuation continuation(String promptName, String outputName) {
      int[] prompt = ids(file.tensor(promptName));
      int[] output = ids(file.tensor(outputName));
      boolean included =
          output.length >= prompt.length
              && Arrays.equals(prompt, Arrays.copyOf(output, prompt.length));
      int[] added = included ? Arrays.copyOfRange(output, prompt.length, output.length) : output;
      if (prompt.length == 0 || added.length == 0) {
        throw new UserError(
            file.path()
                + " has an empty '"
                + promptName
                + "' or nothing new in '"
                + outputName
                + "'");
      }
      checkLength(file.tensor(outputName), prompt.length + added.length - 1);
      return new Continuation(prompt, added);
    }

    private void checkLength(WeightTensor tensor, int length) {
      if (length > config.contextLength()) {
        throw new UserError(
            tensor
                + " calls for "
                + length
                + " positions but the model has "
                + config.contextLength());
      }
    }

    private int[] ids(WeightTensor tensor) {
      long[] values = tensor.toLongs();
      int[] ids = new int[values.length];
      for (int i = 0; i < ids.length; i++) {
        if (values[i] < 0 || values[i] >= config.vocabSize()) {
          throw new UserError(
              tensor
                  + " holds the token "
                  + values[i]
                  + " but the model's vocabulary ends at "
                  + (config.vocabSize() - 1));
        }
        ids[i] = (int) values[i];
      }
      return ids;
    }
  }
}
