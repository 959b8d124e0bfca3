package dev.voting.servers.kubernetes.wire;

/** How a kind of object is named in URLs, in objects and in messages. */
public interface KindName {

  /** API group, "" for the core group. */
  String group();

  String plural();

  String kind();

  String apiVersion();

  /** As messages name it: {@code deployments.apps}. */
  default String pluralAndGroup() {
    return group().isEmpty() ? plural() : plural() + "." + group();
  }

  /** As messages about one object name it: {@code Deployment.apps}. */
  default String kindAndGroup() {
    return group().isEmpty() ? kind() : kind() + "." + group();
  }
}
