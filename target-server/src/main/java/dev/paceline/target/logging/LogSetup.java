package dev.paceline.target.logging;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.paceline.common.UserError;
import java.net.URL;
import java.util.Locale;
import java.util.Set;
import java.util.logging.LogManager;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Sets the log's format and level for the whole process. */
public final class LogSetup {
  private static final Set<String> LEVELS =
      Set.of("error", "warn", "info", "debug", "trace", "off");

  private LogSetup() {}

  /**
   * Takes over logging. If the program runs with another SLF4J backend than Logback, that one's own
   * configuration stays.
   *
   * @param level of Paceline's own loggers: error, warn, info, debug, trace or off; libraries stay
   *     at WARN
   * @throws UserError if the level is none of these
   */
  public static void apply(LogFormat format, String level) {
    String wanted = level.toLowerCase(Locale.ROOT);
    if (!LEVELS.contains(wanted)) {
      throw new UserError(
          "--log-level '" + level + "' is none of error, warn, info, debug, trace, off");
    }
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    if (!(factory instanceof LoggerContext context)) {
      return;
    }
    URL resource = LogSetup.class.getClassLoader().getResource(format.resource());
    if (resource == null) {
      throw new IllegalStateException("the class path lacks " + format.resource());
    }
    context.reset();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    try {
      configurator.doConfigure(resource);
    } catch (JoranException e) {
      throw new IllegalStateException("log configuration " + format.resource() + " is broken", e);
    }
    context.getLogger("dev.paceline").setLevel(Level.toLevel(wanted));
    bridge();
  }

  /** gRPC logs through java.util.logging. */
  private static void bridge() {
    LogManager.getLogManager().getLogger("").setLevel(java.util.logging.Level.WARNING);
    if (!SLF4JBridgeHandler.isInstalled()) {
      SLF4JBridgeHandler.removeHandlersForRootLogger();
      SLF4JBridgeHandler.install();
    }
  }
}
