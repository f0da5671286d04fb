package dev.paceline.draft.rpc;

import dev.paceline.common.UserError;
import dev.paceline.draft.core.ServerSet;
import dev.paceline.v1.DescribeResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The servers that a user named, those of them that serve the same model. A text that moves between
 * servers must come from one model, so the others are left out.
 *
 * @param transport to all of them, in the user's order
 * @param offered what they serve
 */
public record CandidateServers(ServerSet transport, DescribeResponse offered) {
  /** As the other, with the usual times. */
  public static CandidateServers open(
      String servers, int vocabulary, ClientSecurity security, Consumer<String> leftOut) {
    return open(servers, vocabulary, ChannelOptions.of(security), leftOut);
  }

  /**
   * Asks every server what it serves.
   *
   * @param servers HOST:PORT, separated by commas, the preferred first
   * @param vocabulary ids that a server may answer with are in [0, vocabulary)
   * @param leftOut gets one sentence for each server that is left out
   * @throws UserError if none can be used or an address is malformed
   */
  public static CandidateServers open(
      String servers, int vocabulary, ChannelOptions options, Consumer<String> leftOut) {
    List<GrpcTransport> usable = new ArrayList<>();
    List<String> sentences = new ArrayList<>();
    DescribeResponse first = null;
    UserError failure = null;
    try {
      for (String server : servers.split(",", -1)) {
        GrpcTransport transport = new GrpcTransport(server.trim(), vocabulary, options);
        usable.add(transport);
        String why;
        try {
          DescribeResponse offered = transport.describe();
          why = first == null ? "" : difference(server.trim(), offered, first);
          first = first == null ? offered : first;
        } catch (UserError e) {
          failure = failure == null ? e : failure;
          why = e.getMessage();
        }
        if (why != null && !why.isEmpty()) {
          usable.remove(transport);
          transport.close();
          sentences.add(why);
        }
      }
    } catch (RuntimeException e) {
      usable.forEach(GrpcTransport::close);
      throw e;
    }
    if (first == null) {
      throw failure == null ? new UserError("no server is given") : failure;
    }
    sentences.forEach(leftOut);
    return new CandidateServers(new ServerSet(usable, System::nanoTime), first);
  }

  /** Whether it says that no server answers, rather than that something is wrong. */
  public static boolean nobodyAnswers(UserError error) {
    return error.getCause() instanceof StatusRuntimeException status
        && (status.getStatus().getCode() == Status.Code.UNAVAILABLE
            || status.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED);
  }

  private static String difference(String server, DescribeResponse one, DescribeResponse first) {
    if (!one.getModelId().equals(first.getModelId())) {
      return "server "
          + server
          + " is left out: it serves '"
          + one.getModelId()
          + "', the first one '"
          + first.getModelId()
          + "'";
    }
    return one.getTokenizerFingerprint().equals(first.getTokenizerFingerprint())
        ? ""
        : "server " + server + " is left out: its tokenizer is not that of the first one";
  }
}
