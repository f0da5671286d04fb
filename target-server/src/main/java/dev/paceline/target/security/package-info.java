/**
 * Who may connect and what protects the wire: TLS, mutual TLS and bearer tokens.
 *
 * <p>{@link dev.paceline.target.security.ServerTls} configures a gRPC server from PEM files or with
 * a development certificate; {@link dev.paceline.target.security.BearerTokens} and {@link
 * dev.paceline.target.security.BearerTokenInterceptor} check tokens from a file; {@link
 * dev.paceline.target.security.HotReload} makes both follow their files. Contents are compared, not
 * modification times, so that a change within the clock's grain is seen. A file that is missing or
 * broken at start is an error; later it leaves what was loaded before in force and is logged.
 *
 * <p>TLS runs on BoringSSL (netty-tcnative) where its natives exist and on the JDK's provider
 * elsewhere. Key and trust managers are gRPC's reloadable ones; the pairing of certificate and key
 * is checked before they see it, so that a rotation caught half-way never reaches a handshake.
 *
 * <p>No token and no private key is ever logged or part of a message.
 */
@NullMarked
package dev.paceline.target.security;

import org.jspecify.annotations.NullMarked;
