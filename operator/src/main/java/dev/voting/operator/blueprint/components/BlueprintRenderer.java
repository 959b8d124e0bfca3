package dev.voting.operator.blueprint.components;

import static dev.voting.operator.blueprint.Stage.Name.AUTHORITY;
import static dev.voting.operator.blueprint.Stage.Name.CERTIFICATES;
import static dev.voting.operator.blueprint.Stage.Name.CONFIGURATION;
import static dev.voting.operator.blueprint.Stage.Name.CREDENTIALS;
import static dev.voting.operator.blueprint.Stage.Name.DATA;
import static dev.voting.operator.blueprint.Stage.Name.EXPOSURE;
import static dev.voting.operator.blueprint.Stage.Name.NAMESPACES;
import static dev.voting.operator.blueprint.Stage.Name.WORKLOADS;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.Stage;
import dev.voting.operator.blueprint.network.Exposure;
import dev.voting.operator.blueprint.network.NetworkPolicies;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/** Renders the blueprint of a VotingApp: one class per component makes its objects. */
public final class BlueprintRenderer {
  private BlueprintRenderer() {}

  /**
   * Renders the blueprint.
   *
   * @param app the VotingApp; without a uid, as when read from a file, nothing gets an owner
   * @param credentials its credentials
   * @param certificates its certificates, if it has TLS inside
   * @param images the images to use where the spec names none
   * @return objects of the caller's own
   */
  public static Blueprint render(
      VotingApp app, Credentials credentials, Certificates certificates, Images images) {
    var context = new BlueprintContext(app, credentials, certificates, images);
    return new Blueprint(
        List.of(
            new Stage(NAMESPACES, Namespaces.objects(context)),
            new Stage(AUTHORITY, Tls.authority(context)),
            new Stage(CERTIFICATES, Tls.objects(context)),
            new Stage(CREDENTIALS, CredentialSecrets.store(context)),
            new Stage(
                CONFIGURATION,
                all(
                    List.of(
                        CredentialSecrets.objects(context),
                        Postgres.configuration(context),
                        Redis.configuration(context),
                        Api.configuration(context),
                        Consumer.configuration(context),
                        Frontend.configuration(context),
                        Poll.configuration(context),
                        NetworkPolicies.objects(context)))),
            new Stage(DATA, all(List.of(Postgres.objects(context), Redis.objects(context)))),
            new Stage(
                WORKLOADS,
                all(
                    List.of(
                        Api.objects(context),
                        Consumer.objects(context),
                        Frontend.objects(context),
                        Poll.objects(context)))),
            new Stage(EXPOSURE, Exposure.objects(context))));
  }

  private static List<HasMetadata> all(List<List<HasMetadata>> components) {
    return components.stream().flatMap(List::stream).toList();
  }
}
