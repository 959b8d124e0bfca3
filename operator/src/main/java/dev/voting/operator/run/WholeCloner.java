package dev.voting.operator.run;

import dev.voting.crd.VotingApp;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.javaoperatorsdk.operator.api.config.Cloner;

/**
 * Copies objects by their JSON, and a VotingApp with what of it was not understood, which its JSON
 * no longer has.
 */
record WholeCloner(KubernetesSerialization serialization) implements Cloner {

  @Override
  public <R extends HasMetadata> R clone(R object) {
    var copy = serialization.clone(object);
    if (object instanceof VotingApp from && copy instanceof VotingApp to) {
      to.unreadable(from.unreadable());
    }
    return copy;
  }
}
