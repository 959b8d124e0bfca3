package dev.voting.servers.kubernetes.apply;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.servers.kubernetes.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A set of paths into an object, in the terms of {@code metadata.managedFields[].fieldsV1}: a step
 * is {@code f:name} for a field, {@code k:{"name":"x"}} for an element of a keyed list and {@code
 * v:"x"} for an element of a set; a step named {@code .} says that the path up to it is a member.
 */
public final class FieldSet {

  private boolean member;
  private final TreeMap<String, FieldSet> children = new TreeMap<>();

  static FieldSet parse(JsonNode fieldsV1) {
    FieldSet set = new FieldSet();
    if (fieldsV1.isEmpty()) {
      set.member = true;
      return set;
    }
    fieldsV1
        .properties()
        .forEach(
            step -> {
              if (step.getKey().equals(".")) {
                set.member = true;
              } else {
                set.children.put(step.getKey(), parse(step.getValue()));
              }
            });
    return set;
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    if (member && !children.isEmpty()) {
      json.putObject(".");
    }
    children.forEach((step, child) -> json.set(step, child.toJson()));
    return json;
  }

  boolean isMember() {
    return member;
  }

  boolean isEmpty() {
    return !member && children.isEmpty();
  }

  Map<String, FieldSet> children() {
    return children;
  }

  FieldSet addSelf() {
    member = true;
    return this;
  }

  /** Puts a set below a step, unless it is empty. */
  void put(String step, FieldSet child) {
    if (!child.isEmpty()) {
      children.put(step, child);
    }
  }

  FieldSet union(FieldSet other) {
    FieldSet union = new FieldSet();
    union.member = member || other.member;
    children.forEach((step, child) -> union.children.put(step, child));
    other.children.forEach(
        (step, child) -> union.children.merge(step, child, (mine, theirs) -> mine.union(theirs)));
    return union;
  }

  /** The members of this set that are not members of the other. */
  public FieldSet minus(FieldSet other) {
    FieldSet rest = new FieldSet();
    rest.member = member && !other.member;
    children.forEach(
        (step, child) -> {
          FieldSet theirs = other.children.get(step);
          rest.put(step, theirs == null ? child : child.minus(theirs));
        });
    return rest;
  }

  /** The members of this set that are neither members of the other nor below one. */
  FieldSet minusTrees(FieldSet other) {
    FieldSet rest = new FieldSet();
    if (other.member) {
      return rest;
    }
    rest.member = member;
    children.forEach(
        (step, child) -> {
          FieldSet theirs = other.children.get(step);
          rest.put(step, theirs == null ? child : child.minusTrees(theirs));
        });
    return rest;
  }

  public FieldSet intersect(FieldSet other) {
    FieldSet both = new FieldSet();
    both.member = member && other.member;
    children.forEach(
        (step, child) -> {
          FieldSet theirs = other.children.get(step);
          if (theirs != null) {
            both.put(step, child.intersect(theirs));
          }
        });
    return both;
  }

  /** This set and, for each path in it, every path that leads there. */
  public FieldSet withParents() {
    FieldSet all = new FieldSet();
    all.member = true;
    children.forEach((step, child) -> all.children.put(step, child.withParents()));
    return all;
  }

  /** Every member, as Kubernetes writes paths in messages: {@code .spec.containers[name="x"]}. */
  List<String> paths() {
    List<String> paths = new ArrayList<>();
    collect("", paths);
    return paths;
  }

  private void collect(String path, List<String> paths) {
    if (member && !path.isEmpty()) {
      paths.add(path);
    }
    children.forEach((step, child) -> child.collect(path + written(step), paths));
  }

  private static String written(String step) {
    String rest = step.substring(2);
    return switch (step.charAt(0)) {
      case 'f' -> "." + rest;
      case 'v' -> "[=" + rest + "]";
      default ->
          Json.parse(rest.getBytes(java.nio.charset.StandardCharsets.UTF_8)).properties().stream()
              .map(key -> key.getKey() + "=" + Json.string(key.getValue()))
              .collect(Collectors.joining(",", "[", "]"));
    };
  }

  @Override
  public String toString() {
    return toJson().toString();
  }
}
