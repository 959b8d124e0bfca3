package dev.voting.operator.nodes;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;

/** What people do to objects that are not theirs; none of it keeps a vote from being taken. */
final class HandEdits {

  private final KubernetesClient client;
  private final Names names;

  HandEdits(KubernetesClient client, Names names) {
    this.client = client;
    this.names = names;
  }

  /** Ten of them. */
  void make() {
    setEnvironment();
    movePort();
    rewritePage();
    client
        .network()
        .v1()
        .networkPolicies()
        .inNamespace(names.apiNamespace())
        .withName("default-deny")
        .delete();
    client
        .policy()
        .v1()
        .podDisruptionBudget()
        .inNamespace(names.apiNamespace())
        .withName(Names.API)
        .delete();
    renameHost();
    client
        .apps()
        .deployments()
        .inNamespace(names.frontendNamespace())
        .withName(Names.FRONTEND)
        .scale(0);
    limitPostgres();
    client
        .serviceAccounts()
        .inNamespace(names.frontendNamespace())
        .withName(Names.FRONTEND)
        .delete();
    client.resources(Job.class).inNamespace(names.consumerNamespace()).delete();
  }

  /** As {@code kubectl set env deployment/api DATABASE_URL=x}: no new pod becomes ready by it. */
  private void setEnvironment() {
    client
        .apps()
        .deployments()
        .inNamespace(names.apiNamespace())
        .withName(Names.API)
        .edit(
            deployment -> {
              deployment
                  .getSpec()
                  .getTemplate()
                  .getSpec()
                  .getContainers()
                  .getFirst()
                  .getEnv()
                  .stream()
                  .filter(variable -> variable.getName().equals(Names.DATABASE_URL))
                  .forEach(
                      variable -> {
                        variable.setValueFrom(null);
                        variable.setValue("x");
                      });
              return deployment;
            });
  }

  private void movePort() {
    client
        .services()
        .inNamespace(names.frontendNamespace())
        .withName(Names.FRONTEND)
        .edit(
            service -> {
              service.getSpec().getPorts().getFirst().setPort(9090);
              return service;
            });
  }

  private void rewritePage() {
    client
        .configMaps()
        .inNamespace(names.frontendNamespace())
        .withName("frontend-page")
        .edit(
            page -> {
              page.getData().replaceAll((file, text) -> text + "\n");
              return page;
            });
  }

  private void renameHost() {
    client
        .network()
        .v1()
        .ingresses()
        .inNamespace(names.frontendNamespace())
        .withName(Names.FRONTEND)
        .edit(
            ingress -> {
              ingress.getSpec().getRules().getFirst().setHost("elsewhere.example.org");
              return ingress;
            });
  }

  private void limitPostgres() {
    client
        .apps()
        .statefulSets()
        .inNamespace(names.dataNamespace())
        .withName(Names.POSTGRES)
        .edit(
            set -> {
              set.getSpec()
                  .getTemplate()
                  .getSpec()
                  .getContainers()
                  .getFirst()
                  .getResources()
                  .getLimits()
                  .put("cpu", new Quantity("700m"));
              return set;
            });
  }
}
