package dev.paceline.target.security;

import com.google.common.net.InetAddresses;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * Makes self-signed certificates for development, in process: the JDK has no public API for it,
 * Netty's maker wants Bouncy Castle on newer JDKs, and a run-time image may lack {@code keytool}.
 * X.509 v3 (RFC 5280) with a P-256 key, ECDSA with SHA-256 and the hosts as alternative names.
 */
public final class DevelopmentCertificate {
  /** Names of a server that is only reached from its own machine. */
  public static final List<String> LOCAL_HOSTS = List.of("localhost", "127.0.0.1", "::1");

  private static final Duration VALIDITY = Duration.ofDays(365);
  // A client whose clock is a little behind must not refuse a fresh certificate.
  private static final Duration CLOCK_SLACK = Duration.ofHours(1);
  private static final int[] ECDSA_WITH_SHA256 = {1, 2, 840, 10045, 4, 3, 2};
  private static final int[] COMMON_NAME = {2, 5, 4, 3};
  private static final int[] SUBJECT_ALTERNATIVE_NAME = {2, 5, 29, 17};
  // RFC 5280, 4.1.2.5: UTCTime to the end of 2049, GeneralizedTime from then on.
  private static final Instant UTC_TIME_END = Instant.parse("2050-01-01T00:00:00Z");

  private DevelopmentCertificate() {}

  /**
   * Makes a key and a certificate, valid for a year.
   *
   * @param hosts names or addresses, at least one; the first is the common name too
   * @param now when
   */
  public static PemIdentity create(List<String> hosts, Instant now, SecureRandom random) {
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("a certificate needs at least one host");
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      byte[] algorithm = Der.sequence(Der.objectIdentifier(ECDSA_WITH_SHA256));
      byte[] name =
          Der.sequence(
              Der.set(Der.sequence(Der.objectIdentifier(COMMON_NAME), Der.utf8(hosts.get(0)))));
      byte[] body =
          Der.sequence(
              Der.tagged(Der.CONTEXT | Der.CONSTRUCTED, Der.integer(BigInteger.TWO)),
              Der.integer(new BigInteger(127, random).add(BigInteger.ONE)),
              algorithm,
              name,
              Der.sequence(time(now.minus(CLOCK_SLACK)), time(now.plus(VALIDITY))),
              name,
              pair.getPublic().getEncoded(),
              Der.tagged(
                  Der.CONTEXT | Der.CONSTRUCTED | 3,
                  Der.sequence(
                      Der.sequence(
                          Der.objectIdentifier(SUBJECT_ALTERNATIVE_NAME),
                          Der.octetString(alternativeNames(hosts))))));
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(pair.getPrivate(), random);
      signature.update(body);
      byte[] encoded = Der.sequence(body, algorithm, Der.bitString(signature.sign()));
      X509Certificate certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(encoded));
      return new PemIdentity(List.of(certificate), pair.getPrivate());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK cannot make a P-256 certificate", e);
    }
  }

  private static byte[] alternativeNames(List<String> hosts) {
    byte[][] names = new byte[hosts.size()][];
    for (int i = 0; i < names.length; i++) {
      String host = hosts.get(i);
      names[i] =
          InetAddresses.isInetAddress(host)
              ? Der.tagged(Der.CONTEXT | 7, InetAddresses.forString(host).getAddress())
              : Der.tagged(Der.CONTEXT | 2, host.getBytes(StandardCharsets.US_ASCII));
    }
    return Der.sequence(names);
  }

  private static byte[] time(Instant instant) {
    boolean late = !instant.isBefore(UTC_TIME_END);
    String digits =
        DateTimeFormatter.ofPattern(late ? "yyyyMMddHHmmss'Z'" : "yyMMddHHmmss'Z'")
            .withZone(ZoneOffset.UTC)
            .format(instant);
    return late ? Der.generalizedTime(digits) : Der.utcTime(digits);
  }
}
