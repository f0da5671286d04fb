/**
 * The operator's HTTP port: {@code /health}, {@code /metrics} and {@code /debug/sessions}.
 *
 * <p>It runs on the JDK's {@code com.sun.net.httpserver}: three read-only pages of a few kilobytes
 * for probes and scrapers need no framework, and a server without the speaking parts of one has
 * less to attack and nothing more to download. What that server lacks is added here: exact paths
 * and methods, a bounded pool with a bounded queue, time limits on requests and responses, and a
 * loopback address unless told otherwise. There is no TLS and no authentication: who binds it to
 * another address puts a proxy or a network policy before it.
 */
@NullMarked
package dev.paceline.target.admin;

import org.jspecify.annotations.NullMarked;
