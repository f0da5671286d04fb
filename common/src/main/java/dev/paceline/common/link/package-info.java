/**
 * A link as the client sees it: shaping, round-trip time and rate. Times are nanoseconds that the
 * caller passes in, bytes are those on the socket.
 */
@NullMarked
package dev.paceline.common.link;

import org.jspecify.annotations.NullMarked;
