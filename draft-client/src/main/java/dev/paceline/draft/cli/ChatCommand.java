package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.draft.chat.Chat;
import dev.paceline.draft.chat.ChatConsole;
import dev.paceline.draft.chat.ChatSettings;
import dev.paceline.draft.chat.PipedConsole;
import dev.paceline.draft.chat.TerminalConsole;
import dev.paceline.draft.text.TextModel;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code paceline chat}: a text that a person and the model write in turns. */
public final class ChatCommand implements Command {
  private static final String NONE = "none";

  @Override
  public String name() {
    return "chat";
  }

  @Override
  public String summary() {
    return "write a text in turns with a target server";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return PicocliRunner.standard().run(new Conversation(), arguments);
  }

  @CommandLine.Command(
      name = "paceline chat",
      description = {
        "What you type is appended to the text as a line, and the target server's model continues",
        "it, drafts made here. /help lists the commands."
      })
  private static final class Conversation implements Callable<Integer> {
    @Mixin TextModels models = new TextModels();

    @Option(
        names = "--stop",
        paramLabel = "TEXT",
        description = "end an answer before this; may be given several times")
    List<String> stops = new ArrayList<>();

    @Option(
        names = "--history",
        paramLabel = "FILE",
        description =
            "keep typed lines here; none: nowhere (default: paceline/chat in the folder that"
                + " XDG_STATE_HOME names, ~/.local/state)")
    @Nullable String history;

    @Mixin GenerationOptions options = new GenerationOptions();

    @Override
    public Integer call() throws IOException {
      options.mode();
      ChatSettings settings = new ChatSettings(options.sampling(), options.maxTokens, stops);
      if (stops.contains("")) {
        throw new UserError("--stop '' is empty");
      }
      ModelSource source = models.source();
      try (Tokenizer tokenizer = DraftModels.tokenizer(source);
          TextModel model = models.open(source, tokenizer, options.drafting);
          ChatConsole console = console()) {
        new Chat(model, console, settings).run();
      }
      return 0;
    }

    private ChatConsole console() throws IOException {
      if (!Terminals.input()) {
        return new PipedConsole(System.in, System.out);
      }
      Terminal terminal =
          TerminalBuilder.builder()
              .system(true)
              .dumb(true)
              .encoding(StandardCharsets.UTF_8)
              .build();
      boolean coloured =
          options.mode() != ClientMode.DEVICE_ONLY && Terminals.coloured(terminal.getType());
      return new TerminalConsole(terminal, coloured, historyFile());
    }

    private @Nullable Path historyFile() {
      if (history != null) {
        if (history.equals(NONE)) {
          return null;
        }
        TerminalConsole.createHistory(Path.of(history));
        return Path.of(history);
      }
      Path usual = usualHistory();
      try {
        TerminalConsole.createHistory(usual);
        return usual;
      } catch (UserError e) {
        System.err.println("paceline: " + e.getMessage() + "; typed lines are not kept");
        return null;
      }
    }

    private static Path usualHistory() {
      String state = System.getenv("XDG_STATE_HOME");
      Path folder =
          state == null || state.isBlank()
              ? Path.of(System.getProperty("user.home", "."), ".local", "state")
              : Path.of(state);
      return folder.resolve("paceline").resolve("chat");
    }
  }
}
