package dev.voting.servers.kubernetes.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.schema.ResourceTypes;
import dev.voting.servers.kubernetes.store.Page;
import dev.voting.servers.kubernetes.store.Selector;
import dev.voting.servers.kubernetes.store.Store;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.tables.Tables;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Protobuf;
import dev.voting.servers.kubernetes.wire.Request;
import dev.voting.servers.kubernetes.write.Target;
import dev.voting.servers.kubernetes.write.Writes;
import dev.voting.servers.kubernetes.write.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Finds what a URL means and does it: the table of contents of the whole API. */
public final class Api {

  private static final List<String> INTO_CONTAINERS = List.of("exec", "attach", "portforward");

  private final Store store;
  private final ResourceTypes types;
  private final Writes writes;
  private final Discovery discovery;
  private final PodLogs podLogs;

  public Api(Store store, ResourceTypes types, Writes writes, PodLogs podLogs) {
    this.store = store;
    this.types = types;
    this.writes = writes;
    this.podLogs = podLogs;
    this.discovery = new Discovery(types);
  }

  /**
   * Answers a request.
   *
   * @throws ApiException when the answer is an error
   */
  public Reply answer(Request request) {
    List<String> path =
        Arrays.stream(request.path().split("/")).filter(step -> !step.isEmpty()).toList();
    Optional<Reply> about = discovery.answer(path, request);
    if (about.isPresent()) {
      return about.get();
    }
    Target target = target(path);
    if (target.type().is("", "pods") && target.subresource().equals("log")) {
      return log(target, request);
    }
    if (target.type().is("", "pods") && INTO_CONTAINERS.contains(target.subresource())) {
      throw ApiException.of(
          501,
          "NotImplemented",
          "this API has no containers behind it, so there is no " + target.subresource());
    }
    if (target.subresource().equals("scale") && target.type().hasScale()) {
      return Scale.answer(target, request, store, writes);
    }
    if (target.subresource().equals("status") && !target.type().hasStatus()
        || !List.of("", "status").contains(target.subresource())) {
      throw ApiException.noSuchPath();
    }
    return target.name().isEmpty() ? ofMany(target, request) : ofOne(target, request);
  }

  private Target target(List<String> path) {
    boolean core = path.size() > 2 && path.get(0).equals("api");
    boolean grouped = path.size() > 3 && path.get(0).equals("apis");
    if (!core && !grouped) {
      throw ApiException.noSuchPath();
    }
    String group = core ? "" : path.get(1);
    String version = path.get(core ? 1 : 2);
    List<String> rest = path.subList(core ? 2 : 3, path.size());
    String namespace = "";
    if (rest.get(0).equals("namespaces")
        && rest.size() > 2
        && !List.of("status", "finalize").contains(rest.get(2))) {
      namespace = rest.get(1);
      rest = rest.subList(2, rest.size());
    }
    ResourceType type =
        types.find(group, version, rest.get(0)).orElseThrow(ApiException::noSuchPath);
    if (rest.size() > 3 || !namespace.isEmpty() && !type.namespaced()) {
      throw ApiException.noSuchPath();
    }
    String name = rest.size() > 1 ? rest.get(1) : "";
    if (type.namespaced() && namespace.isEmpty() && !name.isEmpty()) {
      throw ApiException.noSuchPath();
    }
    return new Target(type, namespace, name, rest.size() > 2 ? rest.get(2) : "");
  }

  private Reply ofMany(Target target, Request request) {
    return switch (request.method()) {
      case "GET" -> request.flag("watch") ? watch(target, request) : list(target, request);
      case "POST" -> {
        if (target.type().namespaced() && target.namespace().isEmpty()) {
          throw ApiException.methodNotAllowed();
        }
        yield reply(writes.create(target, body(request), request), 201, request);
      }
      case "DELETE" -> deleteMany(target, request);
      default -> throw ApiException.methodNotAllowed();
    };
  }

  private Reply ofOne(Target target, Request request) {
    return switch (request.method()) {
      case "GET" ->
          request.flag("watch") ? watch(target, request) : shown(existing(target), 200, request);
      case "PUT" -> reply(writes.replace(target, body(request), request), 200, request);
      case "PATCH" ->
          reply(
              request.header("content-type").startsWith("application/apply-patch+yaml")
                  ? writes.apply(target, request)
                  : writes.patch(target, request),
              200,
              request);
      case "DELETE" -> delete(target, request);
      default -> throw ApiException.methodNotAllowed();
    };
  }

  private StoredObject existing(Target target) {
    return store
        .get(target.type(), target.namespace(), target.name())
        .orElseThrow(() -> ApiException.notFound(target.type(), target.name()));
  }

  private static ObjectNode body(Request request) {
    if (request.header("content-type").contains("protobuf")) {
      return Protobuf.read(request.body());
    }
    return Json.parseObject(request.body());
  }

  private static Reply reply(Written written, int code, Request request) {
    Reply.Whole whole =
        (Reply.Whole) shown(written.object(), written.created() ? 201 : code, request);
    return new Reply.Whole(whole.code(), whole.contentType(), whole.body(), written.warnings());
  }

  private static Reply shown(StoredObject object, int code, Request request) {
    return Reply.json(
        code,
        request.wantsTable()
            ? Json.string(Tables.of(object.type(), List.of(object), "", request))
            : object.json());
  }

  private static Predicate<StoredObject> selected(Target target, Request request) {
    Predicate<StoredObject> selected =
        Selector.of(request.parameter("labelSelector"), request.parameter("fieldSelector"));
    if (!target.namespace().isEmpty()) {
      selected = selected.and(o -> o.namespace().equals(target.namespace()));
    }
    if (!target.name().isEmpty()) {
      selected = selected.and(o -> o.name().equals(target.name()));
    }
    return selected;
  }

  private Reply list(Target target, Request request) {
    Store.Listing listing = store.list(target.type(), target.namespace());
    List<StoredObject> objects =
        listing.objects().stream().filter(selected(target, request)).toList();
    String revision = Long.toString(listing.revision());
    if (request.wantsTable()) {
      return Reply.json(200, Tables.of(target.type(), objects, revision, request));
    }
    Page page =
        Page.of(objects, revision, request.parameter("limit"), request.parameter("continue"));
    return Reply.json(
        200,
        page.objects().stream()
            .map(StoredObject::json)
            .collect(
                Collectors.joining(
                    ",",
                    "{\"kind\":\"%sList\",\"apiVersion\":\"%s\",\"metadata\":{\"resourceVersion\":\"%s\",\"continue\":\"%s\"},\"items\":["
                        .formatted(
                            target.type().kind(),
                            target.type().apiVersion(),
                            page.revision(),
                            page.next()),
                    "]}")));
  }

  private Reply watch(Target target, Request request) {
    String version = request.parameter("resourceVersion");
    String timeout = request.parameter("timeoutSeconds");
    Function<StoredObject, String> form =
        request.wantsTable()
            ? o -> Json.string(Tables.of(o.type(), List.of(o), "", request))
            : StoredObject::json;
    try {
      return new Reply.Watch(
          target.type(),
          version.isEmpty() ? 0 : Long.parseLong(version),
          selected(target, request),
          timeout.isEmpty()
              ? Optional.empty()
              : Optional.of(Duration.ofSeconds(Long.parseLong(timeout))),
          form);
    } catch (NumberFormatException e) {
      throw ApiException.badRequest(
          "resourceVersion and timeoutSeconds must be numbers: " + e.getMessage());
    }
  }

  private static ObjectNode deleteOptions(Request request) {
    return request.body().length == 0 ? Json.object() : body(request);
  }

  private Reply delete(Target target, Request request) {
    StoredObject before = existing(target);
    Written written = writes.delete(target, deleteOptions(request), request);
    if (written.object() != null) {
      return shown(written.object(), 200, request);
    }
    ObjectNode status = Json.object();
    status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
    status.put("status", "Success");
    ObjectNode details = status.putObject("details").put("name", before.name());
    if (!before.type().group().isEmpty()) {
      details.put("group", before.type().group());
    }
    details.put("kind", before.type().plural()).put("uid", before.uid());
    return Reply.json(200, status);
  }

  private Reply deleteMany(Target target, Request request) {
    List<StoredObject> deleted = new ArrayList<>();
    for (StoredObject object : store.list(target.type(), target.namespace()).objects()) {
      if (!selected(target, request).test(object)) {
        continue;
      }
      try {
        writes.delete(
            new Target(object.type(), object.namespace(), object.name(), ""),
            deleteOptions(request),
            request);
        deleted.add(object);
      } catch (ApiException e) {
        if (e.code() != 404) {
          throw e;
        }
      }
    }
    ObjectNode list = Json.object();
    list.put("kind", target.type().kind() + "List").put("apiVersion", target.type().apiVersion());
    list.putObject("metadata").put("resourceVersion", Long.toString(store.revision()));
    ArrayNode items = list.putArray("items");
    deleted.forEach(object -> items.add(object.tree()));
    return Reply.json(200, list);
  }

  private Reply log(Target target, Request request) {
    existing(target);
    String shown = podLogs.read(target.namespace(), target.name(), request.query());
    if (!request.flag("follow")) {
      return Reply.text(shown);
    }
    Map<String, String> whole = new HashMap<>(request.query());
    whole.remove("tailLines");
    int all = podLogs.read(target.namespace(), target.name(), whole).length();
    return new Reply.Growing(
        new GrowingLog(() -> log(target, whole), Math.max(0, all - shown.length())));
  }

  /** Empty as soon as the pod is gone. */
  private Optional<String> log(Target target, Map<String, String> options) {
    try {
      existing(target);
      return Optional.of(podLogs.read(target.namespace(), target.name(), options));
    } catch (ApiException e) {
      return Optional.empty();
    }
  }
}
