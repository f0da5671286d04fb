/**
 * Logs with session ids, as text lines or JSON, on stderr.
 *
 * <p>Without any call {@code logback.xml} is in force: text, libraries and Paceline at WARN, so
 * that the output of commands stays clean. A server calls {@link
 * dev.paceline.target.logging.LogSetup#apply} once, which also takes over {@code java.util.logging}
 * (gRPC uses it). {@link dev.paceline.target.logging.SessionLog} puts the session id on all events
 * of a thread for a while.
 */
@NullMarked
package dev.paceline.target.logging;

import org.jspecify.annotations.NullMarked;
