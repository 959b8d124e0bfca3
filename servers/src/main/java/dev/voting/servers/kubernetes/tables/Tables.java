package dev.voting.servers.kubernetes.tables;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.store.StoredObject;
import dev.voting.servers.kubernetes.wire.Json;
import dev.voting.servers.kubernetes.wire.Request;
import java.util.List;

/** Objects as the rows that kubectl prints. */
public final class Tables {

  private Tables() {}

  public static ObjectNode of(
      ResourceType type, List<StoredObject> objects, String revision, Request request) {
    List<Column> columns = Columns.of(type);
    ObjectNode table = Json.object().put("kind", "Table").put("apiVersion", "meta.k8s.io/v1");
    table.putObject("metadata").put("resourceVersion", revision);
    ArrayNode definitions = table.putArray("columnDefinitions");
    for (Column column : columns) {
      definitions
          .addObject()
          .put("name", column.name())
          .put("type", "string")
          .put("format", column.name().equals("Name") ? "name" : "")
          .put("description", "")
          .put("priority", column.priority());
    }
    ArrayNode rows = table.putArray("rows");
    objects.forEach(object -> addRow(rows, object, columns, request));
    return table;
  }

  private static void addRow(
      ArrayNode rows, StoredObject object, List<Column> columns, Request request) {
    ObjectNode row = rows.addObject();
    ArrayNode cells = row.putArray("cells");
    columns.forEach(column -> cells.add(column.cell().apply(object.tree())));
    if (request.parameter("includeObject").equals("Object")) {
      row.set("object", object.tree());
    } else if (!request.parameter("includeObject").equals("None")) {
      ObjectNode partial = row.putObject("object");
      partial.put("kind", "PartialObjectMetadata").put("apiVersion", "meta.k8s.io/v1");
      partial.set("metadata", object.metadata());
    }
  }
}
