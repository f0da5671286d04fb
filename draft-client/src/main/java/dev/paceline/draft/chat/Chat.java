package dev.paceline.draft.chat;

import dev.paceline.common.UserError;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.ColouredText;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import java.io.PrintStream;

/** One conversation, from the first line to the last. */
public final class Chat {
  private static final String HELP =
      """
      What you type is appended to the text as a line, and the model continues it.
      An empty line lets it go on; Ctrl-C stops an answer.

        /stats            what speculation did, in the last answer and in all
        /text             the text so far
        /undo             take the last line and its answer back
        /new              begin a new text
        /set NAME VALUE   temperature, top-k, top-p, seed or max-tokens; /set shows them
        /help             this
        /quit             end; so does Ctrl-D
        //...             a line that begins with a slash\
      """;

  private final TextModel model;
  private final ChatConsole console;
  private final PrintStream out;
  private final RunningText text = new RunningText();
  private final ChatFigures all = new ChatFigures();
  private ChatFigures last = new ChatFigures();
  private ChatSettings settings;

  /**
   * @param model stays the caller's
   * @param console stays the caller's
   */
  public Chat(TextModel model, ChatConsole console, ChatSettings settings) {
    this.model = model;
    this.console = console;
    this.settings = settings;
    out = console.out();
  }

  /** Runs until the person has enough. */
  public void run() {
    if (console.interactive()) {
      out.println(model.modelId() + " continues what you write; /help tells more");
      if (console.coloured()) {
        out.println(ColouredText.legend());
      }
    }
    for (String line = console.readLine(); line != null; line = console.readLine()) {
      try {
        if (!line.startsWith("/")) {
          turn(line);
        } else if (line.startsWith("//")) {
          turn(line.substring(1));
        } else if (!command(line.strip().split("\\s+"))) {
          return;
        }
      } catch (UserError e) {
        out.println("paceline: " + e.getMessage());
      }
    }
  }

  /** Whether the conversation goes on. */
  private boolean command(String[] words) {
    switch (words[0]) {
      case "/quit", "/exit" -> {
        return false;
      }
      case "/help" -> out.println(HELP);
      case "/stats" -> ChatFigures.print(last, all, out);
      case "/text" -> out.println(text);
      case "/new" -> text.clear();
      case "/undo" -> {
        if (!text.undo()) {
          throw new UserError("there is nothing to take back");
        }
      }
      case "/set" -> set(words);
      default -> throw new UserError("'" + words[0] + "' is no command; /help lists them");
    }
    return true;
  }

  private void set(String[] words) {
    if (words.length != 1 && words.length != 3) {
      throw new UserError("'/set NAME VALUE' has two words after it, not " + (words.length - 1));
    }
    if (words.length == 3) {
      settings = settings.with(words[1], words[2]);
    }
    out.println(settings);
  }

  private void turn(String line) {
    if (line.isEmpty() && text.isEmpty()) {
      return;
    }
    text.begin(line);
    TextRequest request =
        new TextRequest(
            text.prompt(model.tokenizer(), model.contextLength(), settings.maxTokens()),
            settings.sampling(),
            settings.maxTokens(),
            settings.stops(),
            false);
    ColouredText printer = new ColouredText(out, console.coloured());
    Cancellation cancellation = new Cancellation();
    try {
      console.answering(
          cancellation,
          () -> {
            TextResult result =
                model.run(
                    request,
                    (piece, from) -> {
                      text.append(piece);
                      printer.print(piece, from);
                    },
                    cancellation);
            last = new ChatFigures();
            last.add(result);
            all.add(result);
          });
    } finally {
      printer.end();
    }
    if (cancellation.cancelled()) {
      out.println("(stopped)");
    }
  }
}
