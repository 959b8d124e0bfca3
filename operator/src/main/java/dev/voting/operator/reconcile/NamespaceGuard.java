package dev.voting.operator.reconcile;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes the four namespaces for a VotingApp, and never one that is somebody else's. */
final class NamespaceGuard {

  private final KubernetesClient client;

  NamespaceGuard(KubernetesClient client) {
    this.client = client;
  }

  /**
   * Takes the namespaces that do not exist yet, if none of the others is in the way.
   *
   * @return what is in the way; empty when all four are the VotingApp's
   */
  List<Problem> take(VotingApp app, View view) {
    var problems = new ArrayList<Problem>();
    var free = new ArrayList<String>();
    for (var name : new Names(app.name()).namespaces()) {
      var existing = find(name, view);
      if (existing.isEmpty()) {
        free.add(name);
      } else {
        obstacle(existing.get(), app).ifPresent(problems::add);
      }
    }
    if (problems.isEmpty()) {
      free.forEach(name -> create(name, app, problems));
    }
    return problems;
  }

  /** Only namespaces with our labels are in the cache, so for any other the server is asked. */
  private Optional<Namespace> find(String name, View view) {
    return view.all(Namespace.class).stream()
        .filter(namespace -> namespace.getMetadata().getName().equals(name))
        .findFirst()
        .or(() -> Optional.ofNullable(client.namespaces().withName(name).get()));
  }

  private static Optional<Problem> obstacle(Namespace namespace, VotingApp app) {
    var name = namespace.getMetadata().getName();
    if (!isOf(namespace, app)) {
      return Optional.of(
          new Problem(
              "NamespaceConflict",
              ("namespace %s exists and is not this VotingApp's: delete or rename one of them, or"
                      + " hand it over with the labels %s=%s and %s=%s")
                  .formatted(name, Names.MANAGED_BY, Names.OPERATOR, Names.INSTANCE, app.name())));
    }
    if (namespace.isMarkedForDeletion()) {
      return Optional.of(
          new Problem(
              "NamespaceTerminating",
              "namespace %s is being deleted; it is made anew when it is gone".formatted(name)));
    }
    return Optional.empty();
  }

  private static boolean isOf(HasMetadata object, VotingApp app) {
    var labels = Optional.ofNullable(object.getMetadata().getLabels()).orElse(Map.of());
    return Names.OPERATOR.equals(labels.get(Names.MANAGED_BY))
        && app.name().equals(labels.get(Names.INSTANCE));
  }

  /** By POST, which fails where somebody else was quicker; an apply would take theirs over. */
  private void create(String name, VotingApp app, List<Problem> problems) {
    var namespace =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels(Names.MANAGED_BY, Names.OPERATOR)
            .addToLabels(Names.INSTANCE, app.name())
            .endMetadata()
            .build();
    try {
      client.resource(namespace).create();
    } catch (KubernetesClientException e) {
      problems.add(Problem.refused(ObjectKey.of(namespace), e));
    }
  }
}
