package dev.voting.servers.kubernetes.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.wire.ApiException;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Who owns which field of an object: {@code metadata.managedFields}. */
public final class ManagedFields {

  /** One who writes: by which name, how, and through which subresource ("" for the object). */
  public record Manager(String name, boolean apply, String apiVersion, String subresource) {}

  private record Entry(FieldSet fields, String time) {}

  /** Fields of every object that nobody owns. */
  private static final FieldSet NOBODYS =
      FieldSet.parse(
          Json.parse(
              """
              {"f:apiVersion":{},"f:kind":{},"f:metadata":{".":{},"f:name":{},"f:namespace":{},
              "f:creationTimestamp":{},"f:selfLink":{},"f:uid":{},"f:generation":{},
              "f:managedFields":{},"f:resourceVersion":{},"f:deletionTimestamp":{},
              "f:deletionGracePeriodSeconds":{}}}\
              """
                  .getBytes(java.nio.charset.StandardCharsets.UTF_8)));

  private final Map<Manager, Entry> entries = new LinkedHashMap<>();

  /** Reads what an object says of itself; a null object has no managers. */
  public static ManagedFields of(ObjectNode object) {
    ManagedFields managed = new ManagedFields();
    if (object == null) {
      return managed;
    }
    for (JsonNode entry : Json.at(object, "metadata", "managedFields")) {
      managed.entries.put(
          new Manager(
              Json.text(entry, "manager"),
              Json.text(entry, "operation").equals("Apply"),
              Json.text(entry, "apiVersion"),
              Json.text(entry, "subresource")),
          new Entry(FieldSet.parse(entry.path("fieldsV1")), Json.text(entry, "time")));
    }
    return managed;
  }

  /** Writes the managers into an object; those with nothing left are dropped. */
  public void writeTo(ObjectNode object) {
    ArrayNode list = Json.array();
    entries.forEach(
        (manager, entry) -> {
          if (entry.fields().isEmpty()) {
            return;
          }
          ObjectNode json = list.addObject();
          json.put("manager", manager.name());
          json.put("operation", manager.apply() ? "Apply" : "Update");
          json.put("apiVersion", manager.apiVersion());
          json.put("time", entry.time());
          json.put("fieldsType", "FieldsV1");
          json.set("fieldsV1", entry.fields().toJson());
          if (!manager.subresource().isEmpty()) {
            json.put("subresource", manager.subresource());
          }
        });
    ObjectNode metadata = Json.make(object, "metadata");
    metadata.remove("managedFields");
    if (!list.isEmpty()) {
      metadata.set("managedFields", list);
    }
  }

  public FieldSet of(Manager manager) {
    Entry entry = entries.get(manager);
    return entry == null ? new FieldSet() : entry.fields();
  }

  /** What all managers but this one own together. */
  public FieldSet ofOthers(Manager manager) {
    FieldSet all = new FieldSet();
    for (var entry : entries.entrySet()) {
      if (!entry.getKey().equals(manager)) {
        all = all.union(entry.getValue().fields());
      }
    }
    return all;
  }

  /** Fields of a set that others own, and who. */
  public List<ApiException.Cause> conflicts(Manager manager, FieldSet wanted) {
    List<ApiException.Cause> conflicts = new ArrayList<>();
    entries.forEach(
        (other, entry) -> {
          if (other.equals(manager)) {
            return;
          }
          String using =
              other.apply()
                  ? ""
                  : (other.subresource().isEmpty()
                          ? ""
                          : " with subresource \"" + other.subresource() + "\"")
                      + " using "
                      + other.apiVersion()
                      + (other.subresource().isEmpty() ? "" : "");
          for (String path : entry.fields().intersect(wanted).paths()) {
            conflicts.add(
                new ApiException.Cause(
                    path,
                    "FieldManagerConflict",
                    "conflict with \"" + other.name() + "\"" + using));
          }
        });
    return conflicts;
  }

  /** Says that a manager now owns exactly these fields. */
  public void set(Manager manager, FieldSet fields) {
    FieldSet owned = fields.minus(NOBODYS);
    Entry before = entries.get(manager);
    boolean unchanged = before != null && before.fields().toJson().equals(owned.toJson());
    entries.put(manager, unchanged ? before : new Entry(owned, Json.now()));
  }

  /** Takes fields, and all below them, from everyone but one. */
  void takeFromOthers(Manager manager, FieldSet fields) {
    entries.replaceAll(
        (other, entry) ->
            other.equals(manager)
                ? entry
                : new Entry(entry.fields().minusTrees(fields), entry.time()));
  }

  /** Takes just these fields from everyone but one. */
  public void takeExactlyFromOthers(Manager manager, FieldSet fields) {
    entries.replaceAll(
        (other, entry) ->
            other.equals(manager) ? entry : new Entry(entry.fields().minus(fields), entry.time()));
  }

  /** Records a write that is not an apply. */
  public void updated(Manager manager, Typed.Difference difference) {
    FieldSet changed = difference.changed().minus(NOBODYS);
    takeExactlyFromOthers(manager, changed);
    takeFromOthers(manager, difference.removed());
    FieldSet mine = of(manager).minusTrees(difference.removed()).union(changed);
    if (!changed.isEmpty() || entries.containsKey(manager)) {
      set(manager, mine);
    }
  }
}
