/**
 * The speculation core: values that client and server exchange, and below this package the two
 * session state machines ({@code target} and {@code draft}).
 *
 * <p>Words: a <em>position</em> is absolute (prompt token 0 is position 0). The <em>known</em>
 * tokens are the prompt and the output so far. A <em>verdict</em> states output tokens from a first
 * position on; verdicts are cumulative, so a repeated one changes nothing. An <em>epoch</em>
 * numbers the client's chains of drafts: a chain is conditioned on its own tokens, so one wrong
 * token makes all later ones of the same epoch worthless.
 *
 * <p><b>Epochs.</b> Both sides start a stream at epoch 0. The server drops drafts of an older epoch
 * than its own and adopts a newer one, forgetting the drafts that wait. It opens the next epoch
 * itself when a draft contradicts a known token, whichever came first. The client opens the next
 * epoch when a verdict contradicts a token that it drafted in its current epoch. Each contradiction
 * is therefore counted once by each side, in whatever order the frames cross, and after the client
 * has read a verdict its epoch is never behind the server's.
 *
 * <p>Nothing here reads a clock, a socket or a random source; time comes in as nanoseconds of any
 * monotonic origin. Each session is single-threaded: its owner calls it from one serial executor.
 */
@NullMarked
package dev.paceline.common.speculation;

import org.jspecify.annotations.NullMarked;
