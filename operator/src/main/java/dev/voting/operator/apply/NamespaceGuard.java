package dev.voting.operator.apply;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Finding;
import dev.voting.operator.cluster.ObjectKey;
import dev.voting.operator.cluster.ObservedState;
import dev.voting.operator.cluster.OwnedFields;
import dev.voting.operator.cluster.Ownership;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;

/** Takes the four namespaces for a VotingApp, and never one that is somebody else's. */
public final class NamespaceGuard {

  private final KubernetesClient client;
  private final Writes writes;

  private final ExecutorService parallel;

  public NamespaceGuard(KubernetesClient client, Writes writes, ExecutorService parallel) {
    this.client = client;
    this.writes = writes;
    this.parallel = parallel;
  }

  /**
   * Takes the namespaces that do not exist yet, if none of the others is in the way.
   *
   * @param wanted the namespaces as they are to be
   * @return what is in the way; empty when all are the VotingApp's
   */
  public List<Finding> take(VotingApp app, List<HasMetadata> wanted, ObservedState view) {
    var found =
        Parallel.map(parallel, wanted, namespace -> find(namespace.getMetadata().getName(), view));
    var problems = new ArrayList<Finding>();
    found.forEach(
        existing ->
            existing.flatMap(namespace -> obstacle(namespace, app)).ifPresent(problems::add));
    if (!problems.isEmpty()) {
      return problems;
    }
    var free =
        wanted.stream()
            .filter(namespace -> found.get(wanted.indexOf(namespace)).isEmpty())
            .toList();
    return Parallel.map(parallel, free, namespace -> create(namespace, app)).stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /** Only namespaces with our labels are in the cache, so for any other the server is asked. */
  private Optional<Namespace> find(String name, ObservedState view) {
    return view.all(Namespace.class).stream()
        .filter(namespace -> namespace.getMetadata().getName().equals(name))
        .findFirst()
        .or(() -> Optional.ofNullable(client.namespaces().withName(name).get()));
  }

  private static Optional<Finding> obstacle(Namespace namespace, VotingApp app) {
    var name = namespace.getMetadata().getName();
    if (!isOf(namespace, app)) {
      return Optional.of(
          new Finding(
              "NamespaceConflict",
              ("namespace %s exists and is not this VotingApp's: delete or rename one of them, or"
                      + " hand it over with the labels %s=%s and %s=%s")
                  .formatted(name, Names.MANAGED_BY, Names.OPERATOR, Names.INSTANCE, app.name())));
    }
    if (namespace.isMarkedForDeletion()) {
      return Optional.of(
          new Finding(
              "NamespaceTerminating",
              "namespace %s is being deleted, and is re-created afterwards".formatted(name)));
    }
    if (Ownership.isOfAnEarlier(namespace, app)) {
      return Optional.of(
          new Finding(
              "NamespaceTerminating",
              "namespace %s is being deleted with the earlier VotingApp, and is re-created afterwards"
                  .formatted(name)));
    }
    return Optional.empty();
  }

  /** By its labels, or, should somebody have changed those, because the operator applied it. */
  private static boolean isOf(HasMetadata object, VotingApp app) {
    var labels = Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
    return Names.OPERATOR.equals(labels.get(Names.MANAGED_BY))
            && app.name().equals(labels.get(Names.INSTANCE))
        || OwnedFields.digest(object).isPresent();
  }

  /** By POST, which fails where somebody else was quicker; an apply would take theirs over. */
  private Optional<Finding> create(HasMetadata wanted, VotingApp app) {
    var name = wanted.getMetadata().getName();
    var namespace =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels(Names.MANAGED_BY, Names.OPERATOR)
            .addToLabels(Names.INSTANCE, app.name())
            .endMetadata()
            .build();
    if (!name.equals(new Names(app.name()).dataNamespace())) {
      // From the start, so that it is deleted with the VotingApp even if the operator ends right
      // now.
      namespace.getMetadata().setOwnerReferences(wanted.getMetadata().getOwnerReferences());
    }
    try {
      writes.create(namespace);
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(Finding.refused(ObjectKey.of(namespace), e));
    }
  }
}
