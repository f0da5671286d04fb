package dev.paceline.benchmarks.emulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A loopback port whose connections go to another port until something happens to them: {@link
 * #cut} breaks them, {@link #silence} leaves them half open, {@link #pause} takes the link away for
 * a while.
 */
public final class LoopbackProxy implements AutoCloseable {
  private static final int NOBODY = -1;

  private final ServerSocket listener;
  private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "loopback-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private final Object gate = new Object();

  /** Guarded by {@link #gate}. */
  private boolean paused;

  private volatile int target;

  /** The two halves of a connection. */
  private static final class Pair {
    final Socket client;
    final Socket server;
    volatile boolean silent;

    Pair(Socket client, Socket server) {
      this.client = client;
      this.server = server;
    }
  }

  /**
   * @param target port on the loopback address
   */
  public LoopbackProxy(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Where new connections go; the old ones stay. */
  public void target(int port) {
    target = port;
  }

  /** New connections find nobody. */
  public void targetNobody() {
    target = NOBODY;
  }

  /** Breaks every connection, as a network would: no goodbye. */
  public void cut() {
    pairs.forEach(LoopbackProxy::hangUp);
  }

  /**
   * Nothing comes through the present connections any more, but they stay open: what a network does
   * that has forgotten them. New connections are not affected.
   */
  public void silence() {
    pairs.forEach(pair -> pair.silent = true);
  }

  /** Nothing comes through until {@link #resume}; then all of it does, as TCP sees to. */
  public void pause() {
    synchronized (gate) {
      paused = true;
    }
  }

  /** The link is back. */
  public void resume() {
    synchronized (gate) {
      paused = false;
      gate.notifyAll();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      Socket client;
      try {
        client = listener.accept();
      } catch (IOException e) {
        return;
      }
      connect(client);
    }
  }

  private void connect(Socket client) {
    int port = target;
    try {
      if (port == NOBODY) {
        hangUp(client);
        return;
      }
      Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      Pair pair = new Pair(client, server);
      pairs.add(pair);
      threads.execute(() -> copy(pair, client, server));
      threads.execute(() -> copy(pair, server, client));
    } catch (IOException e) {
      // Nobody listens at the target: the client finds out.
      hangUp(client);
    }
  }

  private void copy(Pair pair, Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        awaitLink();
        if (!pair.silent) {
          out.write(buffer, 0, n);
        }
      }
    } catch (IOException e) {
      // Cut: both ends see it below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // One end of a silent connection does not hear of the other's.
    if (pair.silent) {
      hangUp(from);
    } else {
      hangUp(pair);
      pairs.remove(pair);
    }
  }

  private void awaitLink() throws InterruptedException {
    synchronized (gate) {
      while (paused) {
        gate.wait();
      }
    }
  }

  private static void hangUp(Pair pair) {
    hangUp(pair.client);
    hangUp(pair.server);
  }

  private static void hangUp(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It was closed already.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    threads.shutdownNow();
    cut();
  }
}
