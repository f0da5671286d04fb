package dev.paceline.target.logging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.common.UserError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

class LoggingTest {
  private static final Logger own = LoggerFactory.getLogger("dev.paceline.target.Example");

  @AfterEach
  void restore() {
    LogSetup.apply(LogFormat.TEXT, "warn");
  }

  /** What a piece of code writes to stderr; the console appender binds to it when configured. */
  private static String logged(LogFormat format, String level, Runnable code) {
    PrintStream before = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      LogSetup.apply(format, level);
      code.run();
    } finally {
      System.setErr(before);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void textIsOneLineWithTheSession() {
    String out =
        logged(
            LogFormat.TEXT,
            "info",
            () -> {
              try (SessionLog scope = SessionLog.of("phone-7")) {
                assertThat(scope).isNotNull();
                own.info("accepted {} of {}", 3, 4);
              }
              own.warn("no session\nERROR forged");
              own.atInfo().addKeyValue("slots", 8).log("sized");
            });
    assertThat(out.lines().map(line -> line.replaceFirst("^\\S+Z ", "")))
        .containsExactly(
            "INFO  Example [phone-7] accepted 3 of 4",
            "WARN  Example no session ERROR forged",
            "INFO  Example sized slots=\"8\"");
  }

  @Test
  void jsonIsOneObjectPerLine() throws Exception {
    String out =
        logged(
            LogFormat.JSON,
            "info",
            () -> {
              try (SessionLog scope = SessionLog.of("phone-7")) {
                assertThat(scope).isNotNull();
                own.atWarn().addKeyValue("slots", 8).log("two\nlines, {}", "formatted");
              }
              own.error("failed", new IllegalStateException("why"));
            });
    String[] lines = out.strip().split("\n");
    assertThat(lines).hasSize(2);
    JsonNode first = new ObjectMapper().readTree(lines[0]);
    assertThat(first.get("level").asText()).isEqualTo("WARN");
    assertThat(first.get("mdc").get("session").asText()).isEqualTo("phone-7");
    assertThat(first.get("formattedMessage").asText()).isEqualTo("two\nlines, formatted");
    assertThat(first.get("kvpList").toString()).contains("slots");
    JsonNode second = new ObjectMapper().readTree(lines[1]);
    assertThat(second.get("throwable").get("message").asText()).isEqualTo("why");
  }

  @Test
  void librariesStayAtWarnAndJulIsBridged() {
    String out =
        logged(
            LogFormat.TEXT,
            "debug",
            () -> {
              own.debug("ours");
              LoggerFactory.getLogger("io.netty.Example").info("theirs");
              java.util.logging.Logger.getLogger("io.grpc.Example").info("quiet");
              java.util.logging.Logger.getLogger("io.grpc.Example").warning("loud");
            });
    assertThat(out).contains("ours").contains("loud").doesNotContain("theirs", "quiet");
    assertThat(out.lines()).hasSize(2);
  }

  @Test
  void scopesNestAndHostileIdsAreTamed() {
    try (SessionLog outer = SessionLog.of("outer")) {
      assertThat(outer).isNotNull();
      try (SessionLog inner = SessionLog.of("inner")) {
        assertThat(inner).isNotNull();
        assertThat(MDC.get(SessionLog.KEY)).isEqualTo("inner");
      }
      assertThat(MDC.get(SessionLog.KEY)).isEqualTo("outer");
    }
    assertThat(MDC.get(SessionLog.KEY)).isNull();
    assertThat(SessionLog.printable("a\r\nb\u001b[31m\u00e9")).isEqualTo("a??b??31m?");
    assertThat(SessionLog.printable("x".repeat(100))).hasSize(64);
  }

  @Test
  void unknownValuesAreNamed() {
    assertThatThrownBy(() -> LogFormat.parse("xml"))
        .isInstanceOf(UserError.class)
        .hasMessage("--log-format 'xml' is neither text nor json");
    assertThat(LogFormat.parse("JSON")).isEqualTo(LogFormat.JSON);
    assertThatThrownBy(() -> LogSetup.apply(LogFormat.TEXT, "loud"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("'loud'");
  }
}
