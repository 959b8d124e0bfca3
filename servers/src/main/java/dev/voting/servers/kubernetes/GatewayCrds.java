package dev.voting.servers.kubernetes;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * CustomResourceDefinitions of the Gateway API, as far as the operator uses it, with the defaults
 * that the real ones fill in.
 */
public final class GatewayCrds {

  private GatewayCrds() {}

  /**
   * Reads them.
   *
   * @return CRDs of the caller's own, free to change
   */
  public static List<CustomResourceDefinition> read() {
    try (var yaml = GatewayCrds.class.getResourceAsStream("gateway-crds.yaml")) {
      List<CustomResourceDefinition> crds = new KubernetesSerialization().unmarshal(yaml);
      return List.copyOf(crds);
    } catch (IOException e) {
      throw new UncheckedIOException("gateway-crds.yaml cannot be read", e);
    }
  }
}
