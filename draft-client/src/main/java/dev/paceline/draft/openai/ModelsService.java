package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.function.Supplier;

/** {@code GET /v1/models} and {@code GET /v1/models/ID}: the one model there is. */
final class ModelsService implements HttpService {
  /** The path parameter with the id. */
  static final String ID = "model";

  private final Supplier<ServedModel> served;

  ModelsService(Supplier<ServedModel> served) {
    this.served = served;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) {
    ServedModel model = served.get();
    ObjectNode card =
        Json.MAPPER
            .createObjectNode()
            .put("id", model.id())
            .put("object", "model")
            .put("created", model.created())
            .put("owned_by", "paceline")
            .put("max_model_len", model.contextLength());
    String id = context.pathParam(ID);
    if (id == null) {
      ObjectNode list = Json.MAPPER.createObjectNode().put("object", "list");
      list.putArray("data").add(card);
      return Json.answer(HttpStatus.OK, list).toHttpResponse();
    }
    if (!id.equals(model.id())) {
      throw ApiException.unknownModel(id, model.id());
    }
    return Json.answer(HttpStatus.OK, card).toHttpResponse();
  }
}
