package dev.voting.operator.testing;

import dev.voting.operator.certmanager.Certificate;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What cert-manager does to a cluster, as far as the operator meets it. */
public final class CertManager {
  private final KubernetesClient client;
  private final CustomResourceDefinition crd =
      Serialization.unmarshal(
          CertManager.class.getResourceAsStream("certificates.cert-manager.io.yaml"),
          CustomResourceDefinition.class);

  public CertManager(KubernetesClient client) {
    this.client = client;
  }

  public boolean isInstalled() {
    return client.resource(crd).get() != null;
  }

  public void install() {
    client.resource(crd).create();
    client
        .resource(crd)
        .waitUntilCondition(
            installed ->
                installed != null
                    && installed.getStatus() != null
                    && installed.getStatus().getConditions().stream()
                        .anyMatch(c -> c.getType().equals("Established")),
            30,
            TimeUnit.SECONDS);
  }

  public void uninstall() {
    client.resource(crd).withTimeout(30, TimeUnit.SECONDS).delete();
  }

  /** Says why there is no certificate yet. */
  public void say(String namespace, String name, String message) {
    client
        .resources(Certificate.class)
        .inNamespace(namespace)
        .withName(name)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"status": {"conditions": [
              {"type": "Ready", "status": "False", "reason": "DoesNotExist", "message": "%s"}]}}
            """
                .formatted(message));
  }

  /** Keeps a certificate in its Secret, which is cert-manager's own and carries no labels. */
  public void issue(String namespace, String name, Map<String, String> content) {
    var data = new TreeMap<String, String>();
    content.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withType("kubernetes.io/tls")
                .withData(data)
                .build())
        .fieldManager("cert-manager")
        .forceConflicts()
        .serverSideApply();
  }
}
