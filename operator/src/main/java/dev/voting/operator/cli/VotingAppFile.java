package dev.voting.operator.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.crd.validation.CrdValidator;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A file of VotingApps, validated as the cluster would validate it.
 *
 * @param valid the VotingApps that nothing is wrong with, with every default
 * @param errors what is wrong with the file, one line each, all at once
 */
record VotingAppFile(List<VotingApp> valid, List<String> errors) {

  /** Stands for standard input. */
  static final Path STDIN = Path.of("-");

  private static final YAMLMapper YAML =
      new YAMLMapper(
          YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());

  /**
   * Reads a file of one or more YAML documents, or JSON.
   *
   * @param file the file, or {@link #STDIN}
   * @throws Failure when the file cannot be read
   */
  static VotingAppFile read(Path file) {
    var reader = new Reader(file.equals(STDIN) ? "stdin" : file.toString());
    reader.read(text(file));
    return new VotingAppFile(List.copyOf(reader.valid), List.copyOf(reader.errors));
  }

  private static String text(Path file) {
    try {
      return file.equals(STDIN)
          ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
          : Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new Failure(file + " does not exist", e);
    } catch (MalformedInputException e) {
      throw new Failure(file + " is not text in UTF-8", e);
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** One reading of one file. */
  private static final class Reader {
    private final String file;
    private final List<VotingApp> valid = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();

    Reader(String file) {
      this.file = file;
    }

    void read(String text) {
      var documents = new ArrayList<JsonNode>();
      try (MappingIterator<JsonNode> parsed = YAML.readerFor(JsonNode.class).readValues(text)) {
        while (parsed.hasNextValue()) {
          documents.add(parsed.nextValue());
        }
      } catch (JsonProcessingException e) {
        errors.add("%s:%s: not YAML: %s".formatted(file, line(e), oneLine(e.getOriginalMessage())));
      } catch (IOException e) {
        throw new IllegalStateException("text in memory cannot be read", e);
      }
      if (documents.stream().allMatch(Reader::isEmpty) && errors.isEmpty()) {
        errors.add(file + ": contains no VotingApp");
      }
      validate(documents);
    }

    private void validate(List<JsonNode> documents) {
      var validator = CrdValidator.of(VotingAppCrd.read(), VotingApp.VERSION);
      var names = new HashMap<String, Integer>();
      for (int i = 0; i < documents.size(); i++) {
        if (isEmpty(documents.get(i))) {
          continue;
        }
        var place = documents.size() == 1 ? file : "%s: document %d".formatted(file, i + 1);
        if (!(documents.get(i) instanceof ObjectNode object)) {
          errors.add(place + ": must be an object with apiVersion, kind, metadata and spec");
          continue;
        }
        var found = new Validation(validator).validate(object);
        var name = object.path("metadata").path("name").asText();
        var first = name.isEmpty() ? null : names.putIfAbsent(name, i + 1);
        if (first != null) {
          found.add("metadata.name: " + name + " is already the name of document " + first);
        }
        if (found.isEmpty()) {
          valid.add(
              new KubernetesSerialization()
                  .convertValue(validator.defaulted(object), VotingApp.class));
        }
        found.forEach(error -> errors.add(place + ": " + error));
      }
    }

    /** As between two separators: no object, and no harm. */
    private static boolean isEmpty(JsonNode document) {
      return document.isNull()
          || document.isMissingNode()
          || document.isTextual() && document.asText().isBlank();
    }

    private static String line(JsonProcessingException e) {
      return e.getLocation() == null ? "?" : String.valueOf(e.getLocation().getLineNr());
    }

    /** The parser quotes the place over several lines. */
    private static String oneLine(String message) {
      return message
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith(" "))
          .collect(Collectors.joining(", "));
    }
  }
}
