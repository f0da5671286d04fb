package dev.paceline.common.wire;

import dev.paceline.v1.ClientFrame;

/** What a frame is on the socket: HTTP/2's data header, gRPC's message header and the message. */
public final class WireBytes {
  private static final int HTTP2_HEADER = 9;
  private static final int GRPC_HEADER = 5;

  private WireBytes() {}

  /** Bytes of a frame before TLS, TCP and IP. */
  public static int of(ClientFrame frame) {
    return HTTP2_HEADER + GRPC_HEADER + frame.getSerializedSize();
  }
}
