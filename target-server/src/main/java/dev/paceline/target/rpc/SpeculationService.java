package dev.paceline.target.rpc;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import dev.paceline.common.wire.FrameWriter;
import dev.paceline.common.wire.Protocol;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.target.admission.Gatekeeper;
import dev.paceline.target.engine.EnginePool;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.DescribeRequest;
import dev.paceline.v1.DescribeResponse;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;

/** The {@code Speculation} service over the engines of a server. */
public final class SpeculationService extends SpeculationGrpc.SpeculationImplBase {
  private final EnginePool engine;
  private final byte[] fingerprint;
  private final Gatekeeper gatekeeper;
  private final IdleStreams idle;
  private final Executor pool;

  /**
   * @param fingerprint SHA-256 of the tokenizer's canonical vocabulary; empty if the model has none
   * @param gatekeeper decides who is let in
   * @param idle ends the streams that say nothing; stays the caller's
   * @param pool carries the answers of all sessions
   */
  public SpeculationService(
      EnginePool engine,
      byte[] fingerprint,
      Gatekeeper gatekeeper,
      IdleStreams idle,
      Executor pool) {
    this.engine = engine;
    this.fingerprint = fingerprint.clone();
    this.gatekeeper = gatekeeper;
    this.idle = idle;
    this.pool = pool;
  }

  /** The service as a server takes it: bytes that are no frame are refused with a sentence. */
  public ServerServiceDefinition bound() {
    return FrameMarshaller.bind(this);
  }

  @Override
  public StreamObserver<ClientFrame> decode(StreamObserver<ServerFrame> responses) {
    SessionStream stream =
        new SessionStream(
            engine,
            fingerprint,
            gatekeeper,
            idle,
            Peer.current(),
            (ServerCallStreamObserver<ServerFrame>) responses,
            MoreExecutors.newSequentialExecutor(pool));
    idle.add(stream);
    return stream;
  }

  @Override
  public void describe(DescribeRequest request, StreamObserver<DescribeResponse> responses) {
    ModelInfo model = engine.model();
    ModelInfo draft = engine.draftModel();
    responses.onNext(
        DescribeResponse.newBuilder()
            .setProtocolVersion(Protocol.VERSION)
            .setModelId(model.id())
            .setTokenizerFingerprint(ByteString.copyFrom(fingerprint))
            .setLimits(FrameWriter.limits(engine.limits()))
            .setPrecision(model.precision().label())
            .setDevice(model.device())
            .setDraftModelId(draft == null ? "" : draft.id())
            .build());
    responses.onCompleted();
  }
}
