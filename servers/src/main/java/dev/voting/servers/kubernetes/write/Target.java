package dev.voting.servers.kubernetes.write;

import dev.voting.servers.kubernetes.schema.ResourceType;

/** Which object, or which part of it. */
public record Target(ResourceType type, String namespace, String name, String subresource) {
  boolean isStatus() {
    return subresource.equals("status");
  }
}
