package dev.voting.operator.blueprint;

import dev.voting.crd.DeletionPolicy;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppSpec;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every component needs to know: whose blueprint this is.
 *
 * @param app the VotingApp
 * @param credentials its credentials
 * @param certificates its certificates
 * @param images the images to use where the spec names none
 */
public record BlueprintContext(
    VotingApp app, Credentials credentials, Certificates certificates, Images images) {

  public VotingAppSpec spec() {
    return app.getSpec();
  }

  /** Whether PostgreSQL is somebody else's. */
  public boolean externalPostgres() {
    return spec().postgres().external() != null;
  }

  /** Whether Redis is somebody else's. */
  public boolean externalRedis() {
    return spec().redis().external() != null;
  }

  public Names names() {
    return new Names(app.name());
  }

  /** Labels that never change, which selectors and pods carry. */
  public Map<String, String> selector(String component) {
    return new TreeMap<>(
        Map.of(
            Names.INSTANCE,
            app.name(),
            "app.kubernetes.io/name",
            "voting-" + component,
            Names.COMPONENT,
            component));
  }

  /** Labels of pods and claims: those of the selector, and whose they are; no version. */
  public Map<String, String> podLabels(String component) {
    var labels = selector(component);
    labels.put("app.kubernetes.io/part-of", "voting");
    labels.put(Names.MANAGED_BY, Names.OPERATOR);
    return labels;
  }

  /** Metadata of an object that goes when the VotingApp goes. */
  public ObjectMeta metadata(String component, String namespace, String name) {
    return base(component, namespace, name).withOwnerReferences(owner()).build();
  }

  /** Metadata of an object that holds data, and so stays unless the policy says otherwise. */
  public ObjectMeta dataMetadata(String component, String namespace, String name) {
    return spec().deletionPolicy() == DeletionPolicy.Delete
        ? metadata(component, namespace, name)
        : base(component, namespace, name).withAnnotations(Kept.ANNOTATIONS).build();
  }

  private ObjectMetaBuilder base(String component, String namespace, String name) {
    var labels = podLabels(component);
    labels.put("app.kubernetes.io/version", images.version());
    return new ObjectMetaBuilder().withNamespace(namespace).withName(name).withLabels(labels);
  }

  /** None while the VotingApp is only a file, as when it is rendered. */
  private List<OwnerReference> owner() {
    if (app.getMetadata().getUid() == null) {
      return List.of();
    }
    return List.of(
        new OwnerReferenceBuilder()
            .withApiVersion(app.getApiVersion())
            .withKind(app.getKind())
            .withName(app.name())
            .withUid(app.getMetadata().getUid())
            .withController(true)
            .build());
  }
}
