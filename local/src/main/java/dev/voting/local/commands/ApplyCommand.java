package dev.voting.local.commands;

import dev.voting.local.errors.ExitCodes;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.manifest.Manifest;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Applies a file, as kubectl does. */
@Command(
    name = "apply",
    mixinStandardHelpOptions = true,
    description = "Creates the objects of a file, or changes them to match it.")
public final class ApplyCommand implements Callable<Integer> {
  @Mixin private Connection connection;

  @Option(
      names = {"-f", "--filename"},
      required = true,
      paramLabel = "FILE",
      description = "a YAML file with one or more objects")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Manifest manifest = Manifest.read(file);
    List<String> errors = manifest.errors();
    if (!errors.isEmpty()) {
      throw new InvalidInput(String.join("\n", errors));
    }
    try (KubernetesClient client = connection.client()) {
      for (HasMetadata object : manifest.objects()) {
        try {
          client.resource(object).forceConflicts().fieldManager("votingapp").serverSideApply();
        } catch (KubernetesClientException e) {
          throw new InvalidInput(Manifest.refusal(object, e));
        }
        spec.commandLine()
            .getOut()
            .println(
                object.getKind().toLowerCase(Locale.ROOT)
                    + "/"
                    + object.getMetadata().getName()
                    + " applied");
      }
    }
    return ExitCodes.OK;
  }
}
