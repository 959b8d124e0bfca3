package dev.voting.local.page;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppSpec;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.Map;

/** The ConfigMap of the page as the operator makes it. */
final class PageConfigMap {
  private PageConfigMap() {}

  /** The files by name. */
  static Map<String, String> data() {
    var app = new VotingApp();
    app.setMetadata(new ObjectMetaBuilder().withName("voting").build());
    app.setSpec(VotingAppSpec.DEFAULTS);
    return BlueprintRenderer.render(
            app, Credentials.masked(), new Certificates.None(), Images.CURRENT)
        .objects()
        .filter(ConfigMap.class::isInstance)
        .map(ConfigMap.class::cast)
        .filter(configMap -> configMap.getMetadata().getName().equals("frontend-page"))
        .findFirst()
        .orElseThrow()
        .getData();
  }
}
