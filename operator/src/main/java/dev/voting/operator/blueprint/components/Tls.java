package dev.voting.operator.blueprint.components;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Pods;
import dev.voting.operator.certificates.Identity;
import dev.voting.operator.certmanager.Certificate;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * TLS between the API and the consumer on one side and the operator's own PostgreSQL and Redis on
 * the other: certificates for the servers, and for their clients the CAs to trust.
 *
 * <p>The CA's key is in the data namespace, in a Secret that no pod mounts.
 */
final class Tls {

  /** Where a server finds its certificate. */
  static final String SERVER_FOLDER = "/etc/voting-tls";

  private static final String COMPONENT = "certificates";
  private static final String CLIENT_FOLDER = "/etc/voting-ca";

  private Tls() {}

  static boolean isOn(BlueprintContext context, String server) {
    return servers(context).contains(server);
  }

  private static List<String> servers(BlueprintContext context) {
    return Certificates.servers(context.app());
  }

  /** The operator's own CA, which is stored before anybody trusts it. */
  static List<HasMetadata> authority(BlueprintContext context) {
    return context.certificates() instanceof Certificates.Own own
        ? List.of(authority(context, own.authority()))
        : List.of();
  }

  static List<HasMetadata> objects(BlueprintContext context) {
    var objects = new ArrayList<HasMetadata>();
    switch (context.certificates()) {
      case Certificates.None _ -> {}
      case Certificates.Own own ->
          own.servers()
              .forEach(
                  (server, identity) ->
                      objects.add(secret(context, server, identity, own.bundle())));
      case Certificates.Issued _ ->
          servers(context).forEach(server -> objects.add(request(context, server)));
    }
    var names = context.names();
    context
        .certificates()
        .trusted()
        .ifPresent(
            trusted -> {
              objects.add(trusted(context, names.apiNamespace(), trusted));
              objects.add(trusted(context, names.consumerNamespace(), trusted));
            });
    return objects;
  }

  private static HasMetadata authority(BlueprintContext context, Map<String, String> content) {
    return new SecretBuilder()
        .withMetadata(data(context, Names.AUTHORITY))
        .withType("Opaque")
        .withData(encoded(content))
        .build();
  }

  private static HasMetadata secret(
      BlueprintContext context, String server, Identity.Text identity, String trusted) {
    return new SecretBuilder()
        .withMetadata(data(context, Names.certificate(server)))
        .withType("kubernetes.io/tls")
        .withData(
            encoded(
                Map.of(
                    Names.TLS_TRUSTED, trusted,
                    Names.TLS_CERTIFICATE, identity.certificate(),
                    Names.TLS_KEY, identity.key())))
        .build();
  }

  /** Has cert-manager make the Secret that is otherwise the operator's. */
  private static HasMetadata request(BlueprintContext context, String server) {
    var issuer = context.spec().tls().issuerRef();
    var request = new Certificate();
    request.setMetadata(data(context, Names.certificate(server)));
    request.setSpec(
        new Certificate.Spec(
            Names.certificate(server),
            server,
            context.names().dnsNames(server),
            "2160h0m0s",
            "720h0m0s",
            List.of("digital signature", "server auth"),
            new Certificate.PrivateKey("ECDSA", 256, "PKCS8", "Always"),
            new Certificate.IssuerRef(issuer.group(), issuer.kind(), issuer.name())));
    return request;
  }

  private static HasMetadata trusted(
      BlueprintContext context, String namespace, String certificates) {
    return new ConfigMapBuilder()
        .withMetadata(context.metadata(COMPONENT, namespace, Names.AUTHORITY))
        .addToData(Names.TLS_TRUSTED, certificates)
        .build();
  }

  private static ObjectMeta data(BlueprintContext context, String name) {
    return context.metadata(COMPONENT, context.names().dataNamespace(), name);
  }

  private static Map<String, String> encoded(Map<String, String> content) {
    var data = new TreeMap<String, String>();
    content.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return data;
  }

  /**
   * A server's certificate and key, as files for the pod's own group, which is as much as
   * PostgreSQL bears. The kubelet keeps them as they are in the Secret while the pod runs.
   */
  static List<Volume> serverVolumes(BlueprintContext context, String server) {
    return isOn(context, server)
        ? List.of(
            new VolumeBuilder()
                .withName("tls")
                .withNewSecret()
                .withSecretName(Names.certificate(server))
                .withDefaultMode(0440)
                .endSecret()
                .build())
        : List.of();
  }

  static List<VolumeMount> serverMounts(BlueprintContext context, String server) {
    return isOn(context, server) ? List.of(Pods.readOnlyMount("tls", SERVER_FOLDER)) : List.of();
  }

  /** The CAs for a client, if one of its servers has a certificate of the operator's making. */
  static List<Volume> clientVolumes(BlueprintContext context) {
    return servers(context).isEmpty()
        ? List.of()
        : List.of(Pods.configVolume("ca", Names.AUTHORITY));
  }

  static List<VolumeMount> clientMounts(BlueprintContext context) {
    return servers(context).isEmpty()
        ? List.of()
        : List.of(Pods.readOnlyMount("ca", CLIENT_FOLDER));
  }

  /** Configures whom a client trusts; external servers are its URIs' business. */
  static List<EnvVar> clientEnvironment(BlueprintContext context) {
    var file = CLIENT_FOLDER + "/" + Names.TLS_TRUSTED;
    return servers(context).stream()
        .map(
            server ->
                Pods.env(
                    server.equals(Names.POSTGRES) ? "DATABASE_CA_FILE" : "REDIS_CA_FILE", file))
        .toList();
  }
}
