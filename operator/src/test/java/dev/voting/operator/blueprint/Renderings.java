package dev.voting.operator.blueprint;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import io.fabric8.kubernetes.client.utils.Serialization;

/** Blueprints of specs, with credentials that do not matter. */
public final class Renderings {

  private Renderings() {}

  public static BlueprintContext subject(String name, String spec) {
    var app = app(name, spec);
    return new BlueprintContext(
        app, Credentials.masked(app), new Certificates.None(), new Images("0.0.0"));
  }

  /** The blueprint of a spec in YAML, by a VotingApp with no uid. */
  public static Blueprint of(String name, String spec) {
    return of(app(name, spec));
  }

  /** The blueprint of a VotingApp. */
  public static Blueprint of(VotingApp app) {
    return BlueprintRenderer.render(
        app, Credentials.masked(app), new Certificates.None(), new Images("0.0.0"));
  }

  private static VotingApp app(String name, String spec) {
    return Serialization.unmarshal(
        "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: %s}\nspec: %s"
            .formatted(name, spec),
        VotingApp.class);
  }
}
