package dev.voting.local.manifest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingApp;
import dev.voting.local.errors.InvalidInput;
import dev.voting.operator.cli.Validation;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The objects of a YAML file, unchanged. */
public record Manifest(Path file, List<GenericKubernetesResource> objects) {

  /**
   * Reads a file.
   *
   * @throws InvalidInput if it cannot be read or is no list of Kubernetes objects
   */
  public static Manifest read(Path file) {
    List<GenericKubernetesResource> objects = new ArrayList<>();
    try {
      LoadSettings settings =
          LoadSettings.builder().setAllowDuplicateKeys(false).setLabel(file.toString()).build();
      for (Object document : new Load(settings).loadAllFromString(Files.readString(file))) {
        if (document != null) {
          objects.add(object(file, document));
        }
      }
    } catch (NoSuchFileException e) {
      throw new InvalidInput(file + ": no such file");
    } catch (CharacterCodingException e) {
      throw new InvalidInput(file + ": not YAML: the text is not UTF-8");
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark()
              .map(mark -> ", line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
              .orElse("");
      throw new InvalidInput(file + where + ": " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new InvalidInput(file + ": " + e.getMessage().lines().findFirst().orElse("not YAML"));
    } catch (IOException e) {
      throw new InvalidInput(file + ": cannot be read: " + e.getMessage());
    }
    if (objects.isEmpty()) {
      throw new InvalidInput(file + ": contains no object");
    }
    return new Manifest(file, List.copyOf(objects));
  }

  public static boolean isVotingApp(GenericKubernetesResource object) {
    return object.getKind().equals("VotingApp")
        && object.getApiVersion().startsWith(VotingApp.GROUP + "/");
  }

  /** What a cluster would refuse in its VotingApps, one line for each error, with the field. */
  public List<String> errors() {
    Validation validation = new Validation();
    return objects.stream()
        .filter(Manifest::isVotingApp)
        .map(app -> new KubernetesSerialization().convertValue(app, ObjectNode.class))
        .flatMap(app -> validation.validate(app).stream())
        // This only follows from another error.
        .filter(error -> !error.contains("rules were not checked"))
        .map(error -> file + ": " + error)
        .toList();
  }

  /** One line for each cause in the API server's answer. */
  public static String refusal(HasMetadata object, KubernetesClientException problem) {
    String name = object.getKind() + " " + object.getMetadata().getName();
    if (problem.getStatus() == null) {
      return name + ": " + problem.getMessage();
    }
    List<String> causes =
        Optional.ofNullable(problem.getStatus().getDetails())
            .map(details -> details.getCauses())
            .orElse(List.of())
            .stream()
            .map(cause -> name + ": " + cause.getField() + ": " + cause.getMessage())
            .toList();
    return causes.isEmpty()
        ? name + ": " + problem.getStatus().getMessage()
        : String.join("\n", causes);
  }

  private static GenericKubernetesResource object(Path file, Object document) {
    if (!(document instanceof Map<?, ?> map)
        || !(map.get("apiVersion") instanceof String)
        || !(map.get("kind") instanceof String)
        || !(map.get("metadata") instanceof Map<?, ?>)) {
      throw new InvalidInput(
          file + ": apiVersion, kind and metadata are required in each document");
    }
    if (!(map.get("metadata") instanceof Map<?, ?> metadata)
        || !(metadata.get("name") instanceof String name)
        || name.isEmpty()) {
      throw new InvalidInput(file + ": metadata.name: is required, as text, in each document");
    }
    KubernetesSerialization serialization = new KubernetesSerialization();
    try {
      return serialization.convertValue(document, GenericKubernetesResource.class);
    } catch (IllegalArgumentException e) {
      throw new InvalidInput(file + ": " + e.getMessage().lines().findFirst().orElse(""));
    }
  }
}
