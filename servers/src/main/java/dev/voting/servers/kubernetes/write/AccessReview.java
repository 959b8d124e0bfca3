package dev.voting.servers.kubernetes.write;

/**
 * May somebody do something? As a SubjectAccessReview asks.
 *
 * @param userAgent who: nobody logs in here
 * @param group API group, "" for the core group
 * @param resource plural name in URLs
 * @param subresource such as {@code finalizers}, "" for the object itself
 * @param namespace "" for what has none
 */
public record AccessReview(
    String userAgent,
    String verb,
    String group,
    String resource,
    String subresource,
    String namespace,
    String name) {}
