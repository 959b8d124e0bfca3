package dev.voting.local.commands;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.output.Description;
import dev.voting.local.output.Redaction;
import dev.voting.local.output.Snapshot;
import dev.voting.local.stack.Instance;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesListBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Puts what a maintainer needs to help into one file. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Writes a zip file with what a maintainer needs to help: versions, the VotingApps with their"
          + " status, all objects, Events, and the logs of the operator and of all containers.",
      "It has no contents of Secrets and no votes. Look into it before you publish it: it has the"
          + " names, hosts and images of your VotingApps."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the file is written; its name is printed",
      "1:nothing is running, or the file cannot be written",
      "2:the command line is invalid"
    })
public final class ReportCommand implements Callable<Integer> {
  private static final List<String> KINDS =
      List.of(
          "votingapps",
          "namespaces",
          "pods",
          "services",
          "configmaps",
          "secrets",
          "serviceaccounts",
          "statefulsets",
          "deployments",
          "replicasets",
          "jobs",
          "ingresses",
          "httproutes",
          "networkpolicies",
          "poddisruptionbudgets",
          "persistentvolumeclaims",
          "events");

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  @Mixin private Connection connection;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "the file to write (default: votingapp-report-<time>.zip in this folder)")
  private Path file;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Instant now = Instant.now();
    Path target = file == null ? Path.of("votingapp-report-" + STAMP.format(now) + ".zip") : file;
    Instance instance = connection.instance();
    Map<String, String> parts;
    Redaction redaction;
    try (KubernetesClient client = connection.client()) {
      redaction = Redaction.of(client.secrets().inAnyNamespace().list().getItems());
      parts = parts(instance, client, now);
    }
    try (OutputStream out =
            Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ZipOutputStream zip = new ZipOutputStream(out, UTF_8)) {
      for (Map.Entry<String, String> part : parts.entrySet()) {
        zip.putNextEntry(new ZipEntry(part.getKey()));
        zip.write(redaction.of(part.getValue()).getBytes(UTF_8));
        zip.closeEntry();
      }
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(target + " exists: choose another file with --output", e);
    } catch (IOException e) {
      throw new CommandException("cannot write " + target + ": " + e.getMessage(), e);
    }
    spec.commandLine().getOut().println(target);
    return ExitCodes.OK;
  }

  /** The texts by the names of their files. */
  private static Map<String, String> parts(
      Instance instance, KubernetesClient client, Instant now) {
    Map<String, String> parts = new TreeMap<>();
    parts.put("versions.txt", versions(now));
    parts.put("status.txt", String.join("\n", Snapshot.of(instance, client).lines()) + "\n");
    for (Description one : DescribeCommand.all(instance, client)) {
      parts.put("describe/" + one.app().name() + ".txt", String.join("\n", one.lines(now)) + "\n");
    }
    for (String kind : KINDS) {
      objects(client, kind).ifPresent(yaml -> parts.put("objects/" + kind + ".yaml", yaml));
    }
    for (Pod pod : client.pods().inAnyNamespace().list().getItems()) {
      logs(client, pod, parts);
    }
    instance.log().ifPresent(log -> parts.put("logs/operator.log", read(log)));
    return parts;
  }

  private static String versions(Instant now) {
    List<String> lines = new ArrayList<>();
    lines.add("Time       " + now);
    lines.add(String.join("\n", new Version().getVersion()));
    for (String property :
        List.of("java.vendor", "java.runtime.version", "os.name", "os.version", "os.arch")) {
      lines.add(property + " " + System.getProperty(property));
    }
    lines.add("processors " + Runtime.getRuntime().availableProcessors());
    return String.join("\n", lines) + "\n";
  }

  private static Optional<String> objects(KubernetesClient client, String kind) {
    ResourceDefinitionContext found;
    try {
      found = Kinds.find(client, kind).getFirst();
    } catch (InvalidInput e) {
      return Optional.empty();
    }
    var resources = client.genericKubernetesResources(found);
    List<GenericKubernetesResource> objects =
        (found.isNamespaceScoped() ? resources.inAnyNamespace() : resources).list().getItems();
    objects.forEach(object -> object.getMetadata().setManagedFields(null));
    if (found.getKind().equals("Secret")) {
      objects.forEach(ReportCommand::mask);
    }
    return Optional.of(
        client
            .getKubernetesSerialization()
            .asYaml(
                new KubernetesListBuilder()
                    .withItems(objects.stream().map(object -> (HasMetadata) object).toList())
                    .build()));
  }

  /** Only the keys stay. */
  private static void mask(GenericKubernetesResource secret) {
    for (String contents : List.of("data", "stringData")) {
      if (secret.getAdditionalProperties().get(contents) instanceof Map<?, ?> values) {
        Map<String, Object> masked = new TreeMap<>();
        values.keySet().forEach(key -> masked.put(String.valueOf(key), Redaction.MASK));
        secret.setAdditionalProperty(contents, masked);
      }
    }
  }

  private static void logs(KubernetesClient client, Pod pod, Map<String, String> parts) {
    String folder =
        "logs/" + pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName() + "/";
    Stream.concat(
            pod.getSpec().getInitContainers().stream(), pod.getSpec().getContainers().stream())
        .map(Container::getName)
        .forEach(
            name -> {
              var container = client.pods().resource(pod).inContainer(name);
              put(parts, folder + name + ".log", container::getLog);
              put(parts, folder + name + ".previous.log", container.terminated()::getLog);
            });
  }

  private static void put(Map<String, String> parts, String name, Supplier<String> log) {
    try {
      String text = log.get();
      if (text != null && !text.isEmpty()) {
        parts.put(name, text);
      }
    } catch (KubernetesClientException e) {
      // It has not started yet, or the pod is gone by now.
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "cannot be read: " + e.getMessage() + "\n";
    }
  }
}
