package dev.paceline.target.security;

import dev.paceline.common.UserError;
import io.grpc.util.CertificateUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * A certificate chain and the private key of its first certificate.
 *
 * @param chain own certificate first
 * @param key never printed
 */
public record PemIdentity(List<X509Certificate> chain, PrivateKey key) {
  private static final String KEY_TITLE = "PRIVATE KEY";

  public PemIdentity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("a certificate chain needs at least one certificate");
    }
  }

  /**
   * Reads PEM contents and checks that they belong together.
   *
   * @param certificates one or more certificates, own first
   * @param key PKCS #8, unencrypted, RSA or EC
   * @param source names both for the message
   * @throws UserError if something cannot be read or key and certificate do not match
   */
  static PemIdentity parse(byte[] certificates, byte[] key, String source) {
    List<X509Certificate> chain = certificates(certificates, source);
    if (!new String(key, StandardCharsets.ISO_8859_1).contains("BEGIN " + KEY_TITLE)) {
      throw new UserError(
          "no unencrypted PKCS #8 key (BEGIN PRIVATE KEY) in "
              + source
              + "; 'openssl pkcs8 -topk8 -nocrypt' converts other kinds");
    }
    try {
      PrivateKey parsed = CertificateUtils.getPrivateKey(new ByteArrayInputStream(key));
      if (!match(chain.get(0).getPublicKey(), parsed)) {
        throw new UserError("the private key does not belong to the certificate in " + source);
      }
      return new PemIdentity(chain, parsed);
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw new UserError("the private key in " + source + " is neither an RSA nor an EC key", e);
    }
  }

  /**
   * Reads PEM certificates.
   *
   * @throws UserError if there is none or one cannot be read
   */
  static List<X509Certificate> certificates(byte[] pem, String source) {
    try {
      List<X509Certificate> found =
          List.of(CertificateUtils.getX509Certificates(new ByteArrayInputStream(pem)));
      if (found.isEmpty()) {
        throw new UserError("no certificate (BEGIN CERTIFICATE) in " + source);
      }
      return found;
    } catch (GeneralSecurityException e) {
      throw new UserError("unreadable certificate in " + source, e);
    }
  }

  /** The chain as PEM, for clients that are to trust it. */
  public String certificatePem() {
    StringBuilder out = new StringBuilder();
    try {
      for (X509Certificate certificate : chain) {
        out.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
    return out.toString();
  }

  /**
   * Writes chain and key as PEM; the key is readable by its owner only, where the file system can
   * say so.
   */
  public void write(Path certificateFile, Path keyFile) throws IOException {
    Files.writeString(certificateFile, certificatePem());
    Files.deleteIfExists(keyFile);
    if (keyFile.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          keyFile,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(keyFile, pem(KEY_TITLE, key.getEncoded()));
  }

  @Override
  public String toString() {
    return "identity of " + chain.get(0).getSubjectX500Principal().getName();
  }

  private static String pem(String title, byte[] encoded) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
    return "-----BEGIN " + title + "-----\n" + body + "\n-----END " + title + "-----\n";
  }

  private static boolean match(PublicKey publicKey, PrivateKey privateKey)
      throws GeneralSecurityException {
    if (!publicKey.getAlgorithm().equals(privateKey.getAlgorithm())) {
      return false;
    }
    byte[] probe = "paceline".getBytes(StandardCharsets.US_ASCII);
    String algorithm =
        privateKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(privateKey);
    signer.update(probe);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(publicKey);
    verifier.update(probe);
    return verifier.verify(signature);
  }
}
