/**
 * The safetensors format: a reader that trusts nothing in the file, and a writer that streams. A
 * file is {@code u64 header length | JSON header | data}; the header maps a name to {@code {dtype,
 * shape, data_offsets: [begin, end)}}, the data is row-major and little-endian.
 */
@NullMarked
package dev.paceline.models.safetensors;

import org.jspecify.annotations.NullMarked;
