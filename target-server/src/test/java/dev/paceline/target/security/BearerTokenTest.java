package dev.paceline.target.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BearerTokenTest {
  private static final String FIRST = "first-token-0123456789";
  private static final String SECOND = "second-token-0123456789";

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void write() throws Exception {
    file = folder.resolve("tokens");
    Files.writeString(file, "# phones\n" + FIRST + "\r\n\n  " + SECOND + "  \n" + FIRST);
  }

  @Test
  void onlyAKnownTokenGetsThrough() throws Exception {
    BearerTokens tokens = BearerTokens.fromFile(file);
    BearerTokenInterceptor interceptor =
        new BearerTokenInterceptor(tokens, BearerTokenInterceptor.OPEN_SERVICES);
    try (Loopback server = new Loopback(b -> b.intercept(interceptor))) {
      ManagedChannel channel = server.plaintext();
      Status none = Loopback.describe(channel, null);
      assertThat(none.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(none.getDescription()).contains("authorization: Bearer");
      String wrong = "wrong-token-0123456789";
      Status refused = Loopback.describe(channel, "Bearer " + wrong);
      assertThat(refused.getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(refused.getDescription()).doesNotContain(wrong);
      assertThat(Loopback.describe(channel, "Basic " + FIRST).getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      assertThat(Loopback.describe(channel, "Bearer ").getCode())
          .isEqualTo(Status.Code.UNAUTHENTICATED);
      Status right = Loopback.describe(channel, "bearer " + SECOND);
      assertThat(right.isOk()).isTrue();
      assertThat(right.getDescription()).isEqualTo("token-4");

      Files.writeString(file, FIRST);
      assertThat(tokens.reload()).isTrue();
      assertThat(Loopback.describe(channel, "Bearer " + SECOND).isOk()).isFalse();
      assertThat(Loopback.describeOnce(channel, "Bearer " + FIRST).isOk()).isTrue();
    }
  }

  @Test
  void aProbeNeedsNoToken() throws Exception {
    BearerTokenInterceptor interceptor =
        new BearerTokenInterceptor(
            BearerTokens.fromFile(file), BearerTokenInterceptor.OPEN_SERVICES);
    try (Loopback server = new Loopback(b -> b.intercept(interceptor))) {
      ManagedChannel channel = server.plaintext();
      HealthGrpc.HealthBlockingStub health =
          HealthGrpc.newBlockingStub(channel).withDeadlineAfter(20, TimeUnit.SECONDS);
      assertThat(health.check(HealthCheckRequest.getDefaultInstance()).getStatusValue())
          .isEqualTo(1);
      channel.shutdownNow();
    }
  }

  @Test
  void commentsAndDuplicatesDoNotCount() {
    BearerTokens tokens = BearerTokens.fromFile(file);
    assertThat(tokens.size()).isEqualTo(2);
    assertThat(tokens.holder(FIRST)).contains("token-2");
    assertThat(tokens.holder("# phones")).isEmpty();
    assertThat(tokens.holder("")).isEmpty();
    assertThat(tokens.reload()).isFalse();
  }

  @Test
  void aBrokenFileLeavesTheTokensAndAnEmptyOneRevokesThem() throws Exception {
    BearerTokens tokens = BearerTokens.fromFile(file);
    Files.writeString(file, FIRST + "\nshort");
    assertThatThrownBy(tokens::reload)
        .isInstanceOf(UserError.class)
        .hasMessageContaining("line 2")
        .hasMessageNotContaining("short ");
    assertThat(tokens.holder(SECOND)).isPresent();
    Files.delete(file);
    assertThatThrownBy(tokens::reload).isInstanceOf(UserError.class);
    assertThat(tokens.holder(SECOND)).isPresent();
    Files.writeString(file, "");
    assertThat(tokens.reload()).isTrue();
    assertThat(tokens.holder(SECOND)).isEmpty();
    assertThatThrownBy(() -> BearerTokens.fromFile(file)).hasMessageContaining("no token");
  }
}
