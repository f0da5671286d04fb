package dev.paceline.benchmarks.emulation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A loopback port whose connections go to another port over a link with a delay and a rate. Bytes
 * of one direction keep their order; a sender that is faster than the link is held back once a few
 * hundred pieces are under way.
 */
public final class EmulatedLink implements AutoCloseable {
  private static final int PIECES = 256;

  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "emulated-link");
            thread.setDaemon(true);
            return thread;
          });
  private final int target;
  private final AtomicLong uplinkBytes = new AtomicLong();
  private final AtomicLong downlinkBytes = new AtomicLong();
  private volatile long delayNanos;
  private volatile double uplinkBytesPerSecond = Double.POSITIVE_INFINITY;

  /** Bytes and when they arrive. */
  private record Piece(byte[] bytes, long arrival) {}

  private static final Piece END = new Piece(new byte[0], 0);

  /**
   * @param target port on the loopback address
   */
  public EmulatedLink(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Sets the delay of both directions together; holds for what is sent from now on. */
  public void roundTrip(double millis) {
    delayNanos = Math.round(millis * 1e6 / 2);
  }

  /** Sets the rate towards the target. */
  public void uplink(double bytesPerSecond) {
    uplinkBytesPerSecond = bytesPerSecond;
  }

  /** Bytes that the sockets of its clients took in and gave out so far. */
  public SocketBytes bytes() {
    return new SocketBytes(uplinkBytes.get(), downlinkBytes.get());
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        sockets.add(client);
        sockets.add(server);
        carry(client, server, true);
        carry(server, client, false);
      } catch (IOException e) {
        // The listener was closed, or nobody listens at the target: the client finds out.
      }
    }
  }

  private void carry(Socket from, Socket to, boolean up) {
    BlockingQueue<Piece> underWay = new ArrayBlockingQueue<>(PIECES);
    threads.execute(() -> read(from, underWay, up));
    threads.execute(() -> write(underWay, from, to));
  }

  private void read(Socket from, BlockingQueue<Piece> underWay, boolean up) {
    byte[] buffer = new byte[4096];
    long free = 0;
    try {
      InputStream in = from.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        (up ? uplinkBytes : downlinkBytes).addAndGet(n);
        double rate = up ? uplinkBytesPerSecond : Double.POSITIVE_INFINITY;
        free = Math.max(free, System.nanoTime()) + (long) (n / rate * 1e9);
        underWay.put(new Piece(Arrays.copyOf(buffer, n), free + delayNanos));
      }
      underWay.put(END);
    } catch (IOException e) {
      if (!underWay.offer(END)) {
        hangUp(from);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write(BlockingQueue<Piece> underWay, Socket from, Socket to) {
    try {
      OutputStream out = to.getOutputStream();
      for (Piece piece = underWay.take(); piece != END; piece = underWay.take()) {
        Pause.until(piece.arrival());
        out.write(piece.bytes());
      }
    } catch (IOException e) {
      // The far end is gone: the near one finds out below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      hangUp(from);
      hangUp(to);
    }
  }

  private void hangUp(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It was closed already.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      // It was closed already.
    }
    sockets.forEach(this::hangUp);
    threads.shutdownNow();
  }
}
