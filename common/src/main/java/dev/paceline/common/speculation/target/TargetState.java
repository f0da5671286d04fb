package dev.paceline.common.speculation.target;

/** A state of {@link TargetSession}, with what belongs to it alone. */
public interface TargetState {
  /** One word for logs. */
  String name();

  /** Waits for a cache slot. */
  final class Queued implements TargetState {
    @Override
    public String name() {
      return "queued";
    }
  }

  /** Wants a step. */
  final class Ready implements TargetState {
    final WorkKind kind;

    Ready(WorkKind kind) {
      this.kind = kind;
    }

    @Override
    public String name() {
      return "ready";
    }
  }

  /** Could decode alone, but expects a draft to be faster. */
  final class Holding implements TargetState {
    final long since;
    final long until;

    Holding(long since, long until) {
      this.since = since;
      this.until = until;
    }

    @Override
    public String name() {
      return "holding";
    }
  }

  /** Has nothing to do before the client sends something. */
  final class Waiting implements TargetState {
    @Override
    public String name() {
      return "waiting";
    }
  }

  /** A step runs. */
  final class Stepping implements TargetState {
    final Work work;

    Stepping(Work work) {
      this.work = work;
    }

    @Override
    public String name() {
      return "stepping";
    }
  }

  /** Over for the client, but a step still writes to the cache slot. */
  final class Closing implements TargetState {
    @Override
    public String name() {
      return "closing";
    }
  }

  /** Over. */
  final class Ended implements TargetState {
    @Override
    public String name() {
      return "ended";
    }
  }
}
