package dev.voting.crd;

/** Regular expressions that several fields share. */
final class Patterns {
  private Patterns() {}

  /** An image: a repository, perhaps with a registry, a tag, a digest. */
  static final String IMAGE = "^[a-zA-Z0-9][-a-zA-Z0-9._/:]*(@sha256:[a-f0-9]{64})?$";

  /** A DNS label, as namespaces are named. */
  static final String LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** A DNS subdomain, as hosts and most objects are named. */
  static final String SUBDOMAIN =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";
}
