package dev.voting.local.commands;

import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import dev.voting.local.output.Table;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows objects as kubectl does, for users without kubectl. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    description = "Shows objects of the running votingapp, as kubectl does.",
    footer = {
      "",
      "For example: votingapp get va",
      "             votingapp get pods -A",
      "             votingapp get secret voting-secrets -n voting-data -o yaml"
    })
public final class GetCommand implements Callable<Integer> {
  enum Format {
    table,
    yaml,
    json,
    name
  }

  @Mixin private Connection connection;

  @Parameters(index = "0", paramLabel = "KIND", description = "such as va, pods, svc or all")
  private String kind;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "only this object")
  private String name;

  @Option(
      names = {"-n", "--namespace"},
      description = "the namespace; by default all are shown")
  private String namespace;

  @Option(
      names = {"-A", "--all-namespaces"},
      description = "all namespaces, which is also the default")
  private boolean all;

  @Option(
      names = {"-l", "--selector"},
      description = "only objects with these labels")
  private String selector;

  @Option(
      names = {"-o", "--output"},
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: table)")
  private Format format;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean found;
    try (KubernetesClient client = connection.client()) {
      List<ResourceDefinitionContext> kinds = Kinds.find(client, kind);
      found = format == Format.table ? printTables(out, client, kinds) : print(out, client, kinds);
    }
    if (!found) {
      if (name != null) {
        throw new CommandException(kind + " \"" + name + "\" not found");
      }
      spec.commandLine().getErr().println("No resources found");
    }
    return ExitCodes.OK;
  }

  private boolean printTables(
      PrintWriter out, KubernetesClient client, List<ResourceDefinitionContext> kinds) {
    boolean found = false;
    for (ResourceDefinitionContext one : kinds) {
      String place = one.isNamespaceScoped() && !all ? namespace : null;
      Table table = Table.fetch(client, one, place, name, selector);
      if (!table.isEmpty()) {
        if (found) {
          out.println();
        }
        if (kinds.size() > 1) {
          out.println(one.getPlural());
        }
        table
            .lines(one.isNamespaceScoped() && place == null, connection.instance().page())
            .forEach(out::println);
        found = true;
      }
    }
    return found;
  }

  private boolean print(
      PrintWriter out, KubernetesClient client, List<ResourceDefinitionContext> kinds) {
    List<GenericKubernetesResource> found = new ArrayList<>();
    for (ResourceDefinitionContext one : kinds) {
      List<GenericKubernetesResource> objects = objects(client, one);
      if (format == Format.name) {
        objects.forEach(
            object -> out.println(one.getPlural() + "/" + object.getMetadata().getName()));
      }
      found.addAll(objects);
    }
    KubernetesSerialization serialization = client.getKubernetesSerialization();
    // One document for all kinds, so that any parser accepts it.
    if (format == Format.yaml && !found.isEmpty()) {
      out.print(serialization.asYaml(document(found)));
    } else if (format == Format.json && !found.isEmpty()) {
      out.println(serialization.asJson(document(found)));
    }
    return !found.isEmpty();
  }

  private List<GenericKubernetesResource> objects(
      KubernetesClient client, ResourceDefinitionContext kind) {
    var resources = client.genericKubernetesResources(kind);
    var listed =
        kind.isNamespaceScoped() && namespace != null && !all
            ? resources.inNamespace(namespace)
            : kind.isNamespaceScoped() ? resources.inAnyNamespace() : resources;
    List<GenericKubernetesResource> objects =
        new ArrayList<>(
            selector == null
                ? listed.list().getItems()
                : listed.withLabelSelector(selector).list().getItems());
    objects.removeIf(object -> name != null && !object.getMetadata().getName().equals(name));
    objects.sort(
        Comparator.comparing(
            object -> object.getMetadata().getNamespace() + "/" + object.getMetadata().getName()));
    return objects;
  }

  private Object document(List<GenericKubernetesResource> objects) {
    return name != null && objects.size() == 1
        ? objects.getFirst()
        : new KubernetesListBuilder()
            .withItems(
                objects.stream()
                    .map(object -> (io.fabric8.kubernetes.api.model.HasMetadata) object)
                    .toList())
            .build();
  }
}
