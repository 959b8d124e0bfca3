package dev.voting.local.manifest;

import dev.voting.crd.AutoscalingSpec;
import dev.voting.crd.ExposureSpec;
import dev.voting.crd.StorageSpec;
import dev.voting.crd.VotingAppSpec;
import java.util.ArrayList;
import java.util.List;

/** What a VotingApp asks for and this machine cannot provide. */
public final class NotHere {
  private NotHere() {}

  /** One line for each, with the field's path. */
  public static List<String> of(VotingAppSpec spec) {
    List<String> lines = new ArrayList<>();
    switch (spec.exposure().type()) {
      case Ingress -> {
        // Served by the rules of the Ingress objects.
      }
      case Gateway ->
          lines.add("spec.exposure.type: there is no Gateway, so the page cannot be reached");
      case None -> lines.add("spec.exposure.type: None, so the page cannot be reached");
    }
    ExposureSpec exposure = spec.exposure();
    if (exposure.tls() != null) {
      lines.add("spec.exposure.tls: the page is served without TLS, by http");
    }
    autoscaling("spec.frontend.autoscaling", spec.frontend().autoscaling(), lines);
    autoscaling("spec.api.autoscaling", spec.api().autoscaling(), lines);
    storage("spec.postgres.storage", spec.postgres().storage(), lines);
    storage("spec.redis.storage", spec.redis().storage(), lines);
    return List.copyOf(lines);
  }

  private static void autoscaling(String field, AutoscalingSpec autoscaling, List<String> lines) {
    if (autoscaling != null) {
      lines.add(field + ": there is no autoscaler, so one pod runs until you scale it");
    }
  }

  private static void storage(String field, StorageSpec storage, List<String> lines) {
    if (storage.storageClassName() != null) {
      lines.add(field + ".storageClassName: every claim is a directory of this machine");
    }
  }
}
