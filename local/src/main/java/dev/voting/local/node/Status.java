package dev.voting.local.node;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Map;

/** Writes the status of objects. */
public final class Status {
  private Status() {}

  /**
   * Writes one object's status, whatever has changed in the rest of the object: nobody else writes
   * the status of what this node runs.
   *
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 404 if it was deleted,
   *     and 422 if another one has its name
   */
  public static void write(KubernetesClient client, HasMetadata object, Object status) {
    Map<String, Object> patch =
        Map.of("metadata", Map.of("uid", object.getMetadata().getUid()), "status", status);
    client
        .resource(object)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(patch));
  }
}
