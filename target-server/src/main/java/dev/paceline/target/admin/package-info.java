/**
 * The operator's HTTP port: {@code /health}, {@code /metrics}, {@code /debug/sessions} and, to
 * change a session's share, {@code POST /sessions/ID/weight}.
 *
 * <p>It runs on the JDK's {@code com.sun.net.httpserver}: three pages of a few kilobytes for probes
 * and scrapers and one small request need no framework, and a server without the speaking parts of
 * one has less to attack and nothing more to download. What that server lacks is added here: exact
 * paths and methods, a bounded pool with a bounded queue, time limits on requests and responses,
 * and a loopback address unless told otherwise. There is no TLS and no authentication: who binds it
 * to another address puts a proxy or a network policy before it, and the request that changes
 * something is refused there unless it comes from this machine. A proxy on this machine passes for
 * it, so it must not forward {@code /sessions}.
 */
@NullMarked
package dev.paceline.target.admin;

import org.jspecify.annotations.NullMarked;
