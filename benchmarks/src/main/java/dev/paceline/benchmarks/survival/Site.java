package dev.paceline.benchmarks.survival;

import dev.paceline.benchmarks.emulation.LoopbackProxy;
import dev.paceline.common.UserError;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.Drafter;
import dev.paceline.draft.core.ServerSet;
import dev.paceline.draft.rpc.GrpcTransport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A client and its servers, each behind a proxy that can fail. For one text at a time. */
final class Site implements AutoCloseable {
  private final List<Host> hosts;
  private final List<LoopbackProxy> proxies = new ArrayList<>();
  private final ServerSet servers;
  private final DraftClient client;
  private int preferred;

  /**
   * @param hosts closed with this
   * @param drafter closed with this
   */
  Site(List<Host> hosts, int vocabulary, Drafter drafter) {
    this.hosts = hosts;
    List<GrpcTransport> transports = new ArrayList<>();
    for (Host host : hosts) {
      LoopbackProxy proxy = proxy(host.port());
      proxies.add(proxy);
      transports.add(new GrpcTransport(name(proxy), vocabulary));
    }
    servers = new ServerSet(transports, System::nanoTime);
    client = new DraftClient(servers, drafter);
  }

  private static LoopbackProxy proxy(int port) {
    try {
      return new LoopbackProxy(port);
    } catch (IOException e) {
      throw new UserError("no loopback port could be opened: " + e.getMessage(), e);
    }
  }

  private static String name(LoopbackProxy proxy) {
    return "127.0.0.1:" + proxy.port();
  }

  DraftClient client() {
    return client;
  }

  /** The first server. */
  Host host() {
    return hosts.get(0);
  }

  /** The link to the first server. */
  LoopbackProxy link() {
    return proxies.get(0);
  }

  /** Prefers the next server from now on. */
  void preferNext() {
    preferred = (preferred + 1) % proxies.size();
    servers.prefer(name(proxies.get(preferred)));
  }

  @Override
  public void close() {
    client.close();
    for (LoopbackProxy proxy : proxies) {
      try {
        proxy.close();
      } catch (IOException e) {
        // It was closed already.
      }
    }
    hosts.forEach(Host::close);
  }
}
