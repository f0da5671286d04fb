/**
 * Between the speculation core's frames and protobuf messages. {@link
 * dev.paceline.common.wire.FrameReader} treats everything that arrives as hostile until checked;
 * {@link dev.paceline.common.wire.FrameWriter} only copies.
 */
@NullMarked
package dev.paceline.common.wire;

import org.jspecify.annotations.NullMarked;
