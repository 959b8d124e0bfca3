package dev.voting.local.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestTest {
  @TempDir private Path folder;

  @Test
  void everyMistakeOfAVotingAppIsNamedOnce() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("bad.yaml"),
            "{apiVersion: voting.dev/v1alpha1, kind: VotingApp, metadata: {name: Not_So}, spec:"
                + " {apo: 1, api: {replicas: -1}, postgres: {storage: {size: big}}}}");
    assertThat(Manifest.read(file).errors())
        .hasSize(4)
        .allMatch(line -> line.startsWith(file + ": "))
        .anyMatch(line -> line.contains("metadata.name:"))
        .anyMatch(line -> line.contains("spec.apo: unknown field"))
        .anyMatch(line -> line.contains("spec.api.replicas:"))
        .anyMatch(line -> line.contains("spec.postgres.storage.size:"));
  }

  @Test
  void whatIsRightOrOfAnotherKindHasNone() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("good.yaml"),
            """
            {apiVersion: voting.dev/v1alpha1, kind: VotingApp, metadata: {name: a, labels: {b: c}}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: Not_So}, spec: {apo: 1}}
            """);
    assertThat(Manifest.read(file).errors()).isEmpty();
  }

  @Test
  void anotherVersionIsNamed() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("old.yaml"),
            "{apiVersion: voting.dev/v9, kind: VotingApp, metadata: {name: a}}");
    assertThat(Manifest.read(file).errors())
        .singleElement()
        .asString()
        .contains("apiVersion:", "voting.dev/v1alpha1");
  }
}
