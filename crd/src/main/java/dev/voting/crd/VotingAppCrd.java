package dev.voting.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;

/** The CustomResourceDefinition of {@link VotingApp}, as it is committed. */
public final class VotingAppCrd {

  /** The name of the CRD on a cluster. */
  public static final String NAME = "votingapps.voting.dev";

  private static final String FILE = NAME + ".yaml";

  private VotingAppCrd() {}

  /**
   * Reads the CRD.
   *
   * @return a CRD of the caller's own, free to change
   */
  public static CustomResourceDefinition read() {
    try (var yaml = VotingAppCrd.class.getResourceAsStream(FILE)) {
      return Serialization.unmarshal(yaml, CustomResourceDefinition.class);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + " cannot be read", e);
    }
  }
}
