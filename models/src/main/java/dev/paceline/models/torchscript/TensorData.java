package dev.paceline.models.torchscript;

import java.io.IOException;
import java.nio.channels.WritableByteChannel;

/** Produces the elements of a tensor, in row-major order and little-endian. */
@FunctionalInterface
public interface TensorData {
  /** Writes exactly as many bytes as the tensor's type and shape say. */
  void writeTo(WritableByteChannel channel) throws IOException;
}
