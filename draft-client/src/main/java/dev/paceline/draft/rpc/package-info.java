/** gRPC streams to target servers, over Netty. */
@NullMarked
package dev.paceline.draft.rpc;

import org.jspecify.annotations.NullMarked;
