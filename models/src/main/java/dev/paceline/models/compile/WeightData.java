package dev.paceline.models.compile;

import dev.paceline.models.safetensors.HalfFloats;
import dev.paceline.models.safetensors.WeightTensor;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.torchscript.TensorData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongFunction;

/**
 * A weight as rows, read from the checkpoint when it is written. At most one matrix of a layer is
 * on the heap at a time (GPT2-XL: 41 MB).
 */
final class WeightData {
  private static final int CHUNK_BYTES = 1 << 20;

  /** Writes one row of floats somewhere. */
  private interface RowConsumer {
    void accept(long row, float[] values) throws IOException;
  }

  private final WeightTensor tensor;
  private final boolean transpose;
  private final int rows;
  private final int columns;
  private final int paddedRows;
  private final int paddedColumns;

  private WeightData(
      WeightTensor tensor,
      boolean transpose,
      int rows,
      int columns,
      int paddedRows,
      int paddedColumns) {
    this.tensor = tensor;
    this.transpose = transpose;
    this.rows = rows;
    this.columns = columns;
    this.paddedRows = paddedRows;
    this.paddedColumns = paddedColumns;
  }

  /** A tensor as it is, [rows, columns]; a vector is one row. */
  static WeightData plain(WeightTensor tensor) {
    long[] shape = tensor.shape();
    int columns = (int) shape[shape.length - 1];
    int rows = (int) (tensor.elements() / columns);
    return new WeightData(tensor, false, rows, columns, rows, columns);
  }

  /** A vector with zeros appended. */
  static WeightData vector(WeightTensor tensor, int paddedLength) {
    int length = (int) tensor.elements();
    return new WeightData(tensor, false, 1, length, 1, paddedLength);
  }

  /** A tensor stored [in, out], as [paddedOut, paddedIn] with zeros added. */
  static WeightData transposed(WeightTensor tensor, int paddedOut, int paddedIn) {
    long[] shape = tensor.shape();
    return new WeightData(tensor, true, (int) shape[1], (int) shape[0], paddedOut, paddedIn);
  }

  long[] shape() {
    return new long[] {paddedRows, paddedColumns};
  }

  int rows() {
    return paddedRows;
  }

  /** The elements in a floating-point type. */
  TensorData as(ElementType type) {
    return channel -> {
      ElementWriter out = new ElementWriter(channel);
      forEachRow(
          (row, values) -> {
            for (float value : values) {
              switch (type) {
                case FLOAT -> out.room(4).putFloat(value);
                case HALF -> out.room(2).putShort(HalfFloats.floatToHalf(value));
                case BFLOAT16 -> out.room(2).putShort(HalfFloats.floatToBfloat16(value));
                default -> throw new IllegalStateException(type.name());
              }
            }
          });
      out.flush();
    };
  }

  /**
   * The elements in 8 bits: {@code round(w / scale)}, with the scales of {@link #scales}.
   *
   * @param scaleType the type in which the scales are stored, whose rounding is taken into account
   */
  TensorData quantized(ElementType scaleType) {
    return channel -> {
      ElementWriter out = new ElementWriter(channel);
      forEachRow(
          (row, values) -> {
            float scale = scale(values, scaleType);
            for (float value : values) {
              int q = Math.round(value / scale);
              out.room(1).put((byte) Math.max(-127, Math.min(127, q)));
            }
          });
      out.flush();
    };
  }

  /** One scale per row: largest magnitude / 127. */
  TensorData scales(ElementType scaleType) {
    return channel -> {
      ElementWriter out = new ElementWriter(channel);
      forEachRow(
          (row, values) -> {
            float scale = scale(values, scaleType);
            if (scaleType == ElementType.BFLOAT16) {
              out.room(2).putShort(HalfFloats.floatToBfloat16(scale));
            } else {
              out.room(4).putFloat(scale);
            }
          });
      out.flush();
    };
  }

  private static float scale(float[] values, ElementType type) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    if (!(largest > 0)) {
      return 1f;
    }
    float scale = largest / 127f;
    if (type == ElementType.BFLOAT16) {
      int bits = Float.floatToRawIntBits(scale);
      // Upwards, so that the largest weight still fits.
      scale = Float.intBitsToFloat((bits & 0xFFFF) == 0 ? bits : (bits & 0xFFFF0000) + 0x10000);
    }
    return Math.max(scale, Float.MIN_NORMAL);
  }

  private void forEachRow(RowConsumer consumer) throws IOException {
    LongFunction<float[]> reader = transpose ? transposedRows() : plainRows();
    float[] padded = new float[paddedColumns];
    for (int row = 0; row < paddedRows; row++) {
      if (row < rows) {
        System.arraycopy(reader.apply(row), 0, padded, 0, columns);
      } else {
        java.util.Arrays.fill(padded, 0f);
      }
      consumer.accept(row, padded);
    }
  }

  private LongFunction<float[]> plainRows() {
    float[] row = new float[columns];
    return index -> {
      tensor.readFloats(index * columns, row, 0, columns);
      return row;
    };
  }

  /** Transposes a few rows at a time, so that each cache line of the source is read once. */
  private LongFunction<float[]> transposedRows() {
    int group = 16;
    float[] all = new float[rows * columns];
    tensor.readFloats(0, all, 0, all.length);
    float[][] turned = new float[group][columns];
    return index -> {
      int first = (int) index / group * group;
      if (index == first) {
        int n = Math.min(group, rows - first);
        for (int column = 0; column < columns; column++) {
          int at = column * rows + first;
          for (int i = 0; i < n; i++) {
            turned[i][column] = all[at + i];
          }
        }
      }
      return turned[(int) index - first];
    };
  }

  private static final class ElementWriter {
    private final WritableByteChannel channel;
    private final ByteBuffer buffer =
        ByteBuffer.allocate(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    ElementWriter(WritableByteChannel channel) {
      this.channel = channel;
    }

    ByteBuffer room(int bytes) throws IOException {
      if (buffer.remaining() < bytes) {
        flush();
      }
      return buffer;
    }

    void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      buffer.clear();
    }
  }
}
