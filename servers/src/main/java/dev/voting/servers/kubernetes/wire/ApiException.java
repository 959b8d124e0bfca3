package dev.voting.servers.kubernetes.wire;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;

/** An answer other than success, which carries the {@code Status} that Kubernetes would send. */
public final class ApiException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** One thing wrong with an object: which field, what kind of wrong, and the words for it. */
  public record Cause(String field, String reason, String message) {}

  private final int code;
  private final transient ObjectNode status;

  private ApiException(int code, String reason, String message, ObjectNode details) {
    super(message);
    this.code = code;
    this.status = Json.object();
    status.put("kind", "Status").put("apiVersion", "v1").putObject("metadata");
    status.put("status", "Failure").put("message", message).put("reason", reason);
    if (details != null) {
      status.set("details", details);
    }
    status.put("code", code);
  }

  public int code() {
    return code;
  }

  public ObjectNode status() {
    return status;
  }

  public static ApiException of(int code, String reason, String message) {
    return new ApiException(code, reason, message, null);
  }

  public static ApiException badRequest(String message) {
    return of(400, "BadRequest", message);
  }

  public static ApiException noSuchPath() {
    return of(404, "NotFound", "the server could not find the requested resource");
  }

  public static ApiException methodNotAllowed() {
    return of(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
  }

  public static ApiException notFound(KindName type, String name) {
    return new ApiException(
        404, "NotFound", quoted(type, name) + " not found", details(type, name));
  }

  public static ApiException alreadyExists(KindName type, String name) {
    return new ApiException(
        409, "AlreadyExists", quoted(type, name) + " already exists", details(type, name));
  }

  public static ApiException conflict(KindName type, String name, String why) {
    return new ApiException(
        409,
        "Conflict",
        "Operation cannot be fulfilled on " + quoted(type, name) + ": " + why,
        details(type, name));
  }

  public static ApiException modified(KindName type, String name) {
    return conflict(
        type,
        name,
        "the object has been modified; please apply your changes to the latest version and try"
            + " again");
  }

  public static ApiException forbidden(KindName type, String name, String why) {
    return new ApiException(
        403, "Forbidden", quoted(type, name) + " is forbidden: " + why, details(type, name));
  }

  public static ApiException terminating(KindName type, String name, String namespace) {
    ObjectNode details = details(type, name);
    cause(
        details,
        "metadata.namespace",
        "NamespaceTerminating",
        "namespace " + namespace + " is being terminated");
    return new ApiException(
        403,
        "Forbidden",
        quoted(type, name)
            + " is forbidden: unable to create new content in namespace "
            + namespace
            + " because it is being terminated",
        details);
  }

  /** Conflicts of a server-side apply; each cause names a field and who owns it. */
  public static ApiException applyConflict(List<Cause> causes) {
    ObjectNode details = Json.object();
    causes.forEach(c -> cause(details, c.field(), c.reason(), c.message()));
    String list =
        causes.size() == 1
            ? causes.getFirst().message() + ": " + causes.getFirst().field()
            : causes.stream().collect(Collectors.groupingBy(Cause::message)).entrySet().stream()
                .map(
                    e ->
                        e.getKey().replace("conflict with", "conflicts with")
                            + ":\n"
                            + e.getValue().stream()
                                .map(c -> "- " + c.field())
                                .collect(Collectors.joining("\n")))
                .collect(Collectors.joining("\n"));
    return new ApiException(
        409,
        "Conflict",
        "Apply failed with "
            + causes.size()
            + (causes.size() == 1 ? " conflict: " : " conflicts: ")
            + list,
        details);
  }

  /** An apply of fields that the kind does not have, in the words of a real server, and its 500. */
  public static ApiException undeclared(
      KindName type, String namespace, String name, List<String> paths) {
    List<String> errors =
        paths.stream().map(p -> "." + p + ": field not declared in schema").toList();
    return of(
        500,
        "",
        "failed to create typed patch object (%s/%s; %s, Kind=%s): %s"
            .formatted(
                namespace,
                name,
                type.apiVersion(),
                type.kind(),
                errors.size() == 1
                    ? errors.getFirst()
                    : "errors:\n  " + String.join("\n  ", errors)));
  }

  /** An object that breaks rules, all of them named at once, in the words that kubectl shows. */
  public static ApiException invalid(KindName type, String name, List<Cause> causes) {
    ObjectNode details = Json.object();
    details.put("name", name);
    if (!type.group().isEmpty()) {
      details.put("group", type.group());
    }
    details.put("kind", type.kind());
    causes.forEach(c -> cause(details, c.field(), c.reason(), c.message()));
    List<String> all = causes.stream().map(c -> c.field() + ": " + c.message()).distinct().toList();
    String message = all.size() == 1 ? all.getFirst() : "[" + String.join(", ", all) + "]";
    return new ApiException(
        422, "Invalid", type.kindAndGroup() + " \"" + name + "\" is invalid: " + message, details);
  }

  private static void cause(ObjectNode details, String field, String reason, String message) {
    ArrayNode causes =
        details.get("causes") instanceof ArrayNode array ? array : details.putArray("causes");
    causes.addObject().put("reason", reason).put("message", message).put("field", field);
  }

  private static String quoted(KindName type, String name) {
    return type.pluralAndGroup() + " \"" + name + "\"";
  }

  private static ObjectNode details(KindName type, String name) {
    ObjectNode details = Json.object();
    details.put("name", name);
    if (!type.group().isEmpty()) {
      details.put("group", type.group());
    }
    return details.put("kind", type.plural());
  }
}
