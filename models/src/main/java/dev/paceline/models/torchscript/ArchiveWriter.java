package dev.paceline.models.torchscript;

import dev.paceline.models.torchscript.ScriptModule.Attribute;
import dev.paceline.models.torchscript.ScriptModule.ListAttribute;
import dev.paceline.models.torchscript.ScriptModule.TensorAttribute;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Writes a {@link ScriptModule} as an archive that {@code torch::jit::load} reads. */
public final class ArchiveWriter {
  private static final String ROOT = "program/";

  private ArchiveWriter() {}

  /**
   * Writes an archive. The file must not exist; an interrupted write leaves a file that {@link
   * #intact} refuses, so write beside the final place and move.
   *
   * @throws IOException if the file cannot be written or a tensor's data has the wrong length
   */
  public static void write(Path path, ScriptModule module) throws IOException {
    try (StoredZipWriter zip = new StoredZipWriter(path)) {
      zip.entry(ROOT + "data.pkl", pickle(module));
      zip.entry(ROOT + "code/__torch__.py", module.source().getBytes(StandardCharsets.US_ASCII));
      Pickle constants = new Pickle();
      constants.emptyTuple();
      zip.entry(ROOT + "constants.pkl", constants.finish());
      zip.entry(ROOT + "version", ascii("10\n"));
      zip.entry(ROOT + "byteorder", ascii("little"));
      int key = 0;
      for (Attribute attribute : module.attributes().values()) {
        if (attribute instanceof TensorAttribute tensor) {
          long bytes = Math.multiplyExact(tensor.count(), (long) tensor.elements().bytes());
          zip.entry(ROOT + "data/" + key++, bytes, tensor.data());
        }
      }
      zip.finish();
    }
  }

  /**
   * Whether an archive is complete and every checksum holds. PyTorch itself does not look at the
   * checksums. Reads the whole file, at a few GB/s if it is in memory.
   */
  public static boolean intact(Path path) {
    try (ZipFile zip = new ZipFile(path.toFile())) {
      byte[] buffer = new byte[1 << 20];
      for (ZipEntry entry : Collections.list(zip.entries())) {
        CRC32 crc = new CRC32();
        try (InputStream in = zip.getInputStream(entry)) {
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            crc.update(buffer, 0, n);
          }
        }
        if (crc.getValue() != entry.getCrc()) {
          return false;
        }
      }
      return zip.getEntry(ROOT + "data.pkl") != null;
    } catch (IOException | IllegalArgumentException e) {
      return false;
    }
  }

  private static byte[] pickle(ScriptModule module) {
    Pickle pickle = new Pickle();
    pickle.beginObject("__torch__", "Program");
    pickle.string("training");
    pickle.bool(false);
    pickle.string("_is_full_backward_hook");
    pickle.none();
    int key = 0;
    for (Map.Entry<String, Attribute> attribute : module.attributes().entrySet()) {
      pickle.string(attribute.getKey());
      if (attribute.getValue() instanceof TensorAttribute tensor) {
        tensor(pickle, Integer.toString(key++), tensor);
      } else if (attribute.getValue() instanceof ListAttribute list) {
        pickle.global("torch.jit._pickle", "restore_type_tag");
        pickle.beginTuple();
        pickle.emptyList();
        pickle.string(list.type());
        pickle.endTuple();
        pickle.reduce();
      }
    }
    pickle.endObject();
    return pickle.finish();
  }

  private static void tensor(Pickle pickle, String key, TensorAttribute tensor) {
    pickle.global("torch._utils", "_rebuild_tensor_v2");
    pickle.beginTuple();
    pickle.beginTuple();
    pickle.string("storage");
    pickle.global("torch", tensor.elements().storage());
    pickle.string(key);
    pickle.string("cpu");
    pickle.number(tensor.count());
    pickle.endTuple();
    pickle.persistentId();
    pickle.number(0);
    pickle.numbers(tensor.shape());
    long[] strides = new long[tensor.shape().length];
    long stride = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= tensor.shape()[i];
    }
    pickle.numbers(strides);
    pickle.bool(false);
    pickle.global("collections", "OrderedDict");
    pickle.emptyTuple();
    pickle.reduce();
    pickle.endTuple();
    pickle.reduce();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
