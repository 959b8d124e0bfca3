package dev.voting.local.controllers;

import dev.voting.local.node.config.Node;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** What all controllers do with the pods that they own. */
final class Owned {
  private static final String SUFFIX = "bcdfghjklmnpqrstvwxz2456789";

  private Owned() {}

  /** The pods that this object controls, as the API has them now. */
  static List<Pod> pods(KubernetesClient client, HasMetadata owner) {
    return client.pods().inNamespace(owner.getMetadata().getNamespace()).list().getItems().stream()
        .filter(pod -> isOwner(owner, pod))
        .toList();
  }

  /**
   * Adopts pods without a controller that match the selector, as controllers do. It reads the owner
   * again before: one that was deleted meanwhile, with its pods orphaned, would delete them too.
   */
  static void adopt(
      KubernetesClient client, HasMetadata owner, LabelSelector selector, Predicate<Pod> fits) {
    List<Pod> orphans =
        client
            .pods()
            .inNamespace(owner.getMetadata().getNamespace())
            .withLabelSelector(selector)
            .list()
            .getItems()
            .stream()
            .filter(pod -> controller(pod).isEmpty() && !isTerminating(pod) && fits.test(pod))
            .toList();
    if (orphans.isEmpty() || !mayAdopt(client.resource(owner).get(), owner)) {
      return;
    }
    for (Pod pod : orphans) {
      client
          .resource(pod)
          .edit(
              orphan ->
                  new PodBuilder(orphan)
                      .editMetadata()
                      .addToOwnerReferences(reference(owner))
                      .endMetadata()
                      .build());
    }
  }

  private static boolean mayAdopt(HasMetadata now, HasMetadata owner) {
    return now != null
        && now.getMetadata().getUid().equals(owner.getMetadata().getUid())
        && !isTerminating(now);
  }

  static boolean isOwner(HasMetadata owner, HasMetadata owned) {
    return Optional.ofNullable(owned.getMetadata().getOwnerReferences()).orElse(List.of()).stream()
        .anyMatch(
            reference ->
                Boolean.TRUE.equals(reference.getController())
                    && reference.getUid().equals(owner.getMetadata().getUid()));
  }

  /** The controlling owner, if the object has one. */
  static Optional<OwnerReference> controller(HasMetadata owned) {
    return Optional.ofNullable(owned.getMetadata().getOwnerReferences()).orElse(List.of()).stream()
        .filter(reference -> Boolean.TRUE.equals(reference.getController()))
        .findFirst();
  }

  static OwnerReference reference(HasMetadata owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }

  /** A pod from a template, owned and placed on the node. */
  static PodBuilder pod(
      HasMetadata owner, PodTemplateSpec template, String name, Map<String, String> labels) {
    ObjectMeta meta =
        new ObjectMetaBuilder(
                Optional.ofNullable(template.getMetadata()).orElseGet(ObjectMeta::new))
            .withName(name)
            .withNamespace(owner.getMetadata().getNamespace())
            .withOwnerReferences(reference(owner))
            .addToLabels(labels)
            .build();
    return new PodBuilder()
        .withMetadata(meta)
        .withSpec(template.getSpec())
        .editSpec()
        .withNodeName(Node.NAME)
        .endSpec();
  }

  /** Five characters as Kubernetes appends them to generated names. */
  static String suffix() {
    StringBuilder suffix = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      suffix.append(SUFFIX.charAt(ThreadLocalRandom.current().nextInt(SUFFIX.length())));
    }
    return suffix.toString();
  }

  /** A short hash of a template. */
  static String hash(PodTemplateSpec template) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(Serialization.asJson(template).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 5);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  static boolean isReady(Pod pod) {
    return pod.getStatus() != null
        && Optional.ofNullable(pod.getStatus().getConditions()).orElse(List.of()).stream()
            .anyMatch(
                (PodCondition condition) ->
                    condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  static boolean isTerminating(HasMetadata object) {
    return object.getMetadata().getDeletionTimestamp() != null;
  }

  static boolean hasPhase(Pod pod, String phase) {
    return pod.getStatus() != null && phase.equals(pod.getStatus().getPhase());
  }
}
