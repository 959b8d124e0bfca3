package dev.voting.servers.kubernetes.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.schema.ResourceType;
import dev.voting.servers.kubernetes.wire.Json;
import java.nio.charset.StandardCharsets;

/**
 * An object as it was at one revision. Nobody changes its tree, so it can be shared by readers,
 * watches and the next write.
 */
public final class StoredObject {

  private final ResourceType type;
  private final ObjectNode tree;
  private final long revision;
  private final String namespace;
  private final String name;
  private final String uid;
  private volatile String json;

  public StoredObject(ResourceType type, ObjectNode tree, long revision) {
    this.type = type;
    this.tree = tree;
    this.revision = revision;
    this.namespace = Json.text(tree, "metadata", "namespace");
    this.name = Json.text(tree, "metadata", "name");
    this.uid = Json.text(tree, "metadata", "uid");
  }

  public ResourceType type() {
    return type;
  }

  /** The object; not to be changed. */
  public ObjectNode tree() {
    return tree;
  }

  public ObjectNode copy() {
    return tree.deepCopy();
  }

  public JsonNode metadata() {
    return tree.get("metadata");
  }

  public long revision() {
    return revision;
  }

  public String namespace() {
    return namespace;
  }

  public String name() {
    return name;
  }

  public String uid() {
    return uid;
  }

  String key() {
    return namespace + "/" + name;
  }

  public boolean isBeingDeleted() {
    return metadata().hasNonNull("deletionTimestamp");
  }

  boolean hasFinalizers() {
    return !metadata().path("finalizers").isEmpty();
  }

  /** The object as text, made once however many ask. */
  public String json() {
    String text = json;
    if (text == null) {
      text = new String(Json.bytes(tree), StandardCharsets.UTF_8);
      json = text;
    }
    return text;
  }

  /** The same object with another revision in its metadata, as the last event of a watch shows. */
  public StoredObject at(long revision) {
    ObjectNode copy = copy();
    Json.make(copy, "metadata").put("resourceVersion", Long.toString(revision));
    return new StoredObject(type, copy, revision);
  }
}
