package dev.voting.local.commands;

import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.manifest.Manifest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes objects, as kubectl does. */
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Deletes an object of the running votingapp, or the objects of a file.")
public final class DeleteCommand implements Callable<Integer> {
  @Mixin private Connection connection;

  @Parameters(index = "0", arity = "0..1", paramLabel = "KIND", description = "such as va or pod")
  private String kind;

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "the object's name")
  private String name;

  @Option(
      names = {"-n", "--namespace"},
      description = "the object's namespace")
  private String namespace;

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "FILE",
      description = "delete the objects of this file instead")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if ((file == null) == (kind == null || name == null)) {
      throw new InvalidInput("give either KIND and NAME, or -f FILE");
    }
    try (KubernetesClient client = connection.client()) {
      if (file != null) {
        for (HasMetadata object : Manifest.read(file).objects()) {
          report(
              object.getKind() + " " + object.getMetadata().getName(),
              !client.resource(object).delete().isEmpty());
        }
      } else {
        ResourceDefinitionContext found = Kinds.find(client, kind).getFirst();
        if (found.isNamespaceScoped() && namespace == null) {
          throw new InvalidInput(kind + " is namespaced: set its namespace with -n");
        }
        var resources = client.genericKubernetesResources(found);
        List<?> deleted =
            found.isNamespaceScoped()
                ? resources.inNamespace(namespace).withName(name).delete()
                : resources.withName(name).delete();
        report(kind + " " + name, !deleted.isEmpty());
      }
    }
    return ExitCodes.OK;
  }

  private void report(String what, boolean deleted) {
    if (!deleted) {
      throw new CommandException(what + " not found");
    }
    spec.commandLine().getOut().println(what + " deleted");
  }
}
