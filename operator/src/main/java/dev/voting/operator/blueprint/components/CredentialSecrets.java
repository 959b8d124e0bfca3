package dev.voting.operator.blueprint.components;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The Secret of each namespace, with what that namespace needs and no more. */
final class CredentialSecrets {
  private CredentialSecrets() {}

  /**
   * The data namespace's, which is where the operator keeps them: before any component is given
   * one.
   */
  static List<HasMetadata> store(BlueprintContext context) {
    return switch (context.credentials()) {
      case Credentials.Managed managed ->
          List.of(
              secret(
                  context.dataMetadata(
                      "credentials", context.names().dataNamespace(), Names.CREDENTIALS),
                  dataContent(context, managed)));
      case Credentials.Provided _ -> List.of();
    };
  }

  /** The clients'. */
  static List<HasMetadata> objects(BlueprintContext context) {
    return switch (context.credentials()) {
      case Credentials.Managed managed -> clients(context, managed);
      case Credentials.Provided _ -> List.of();
    };
  }

  /**
   * What the pods of a client's namespace are rolled by when their credentials change. The servers
   * need no such thing: they take a changed Secret over as they run.
   *
   * @param component the client, {@link Names#API} or {@link Names#CONSUMER}
   */
  static Object content(BlueprintContext context, String component, String namespace) {
    return switch (context.credentials()) {
      case Credentials.Managed managed -> clientContent(context, managed, component);
      case Credentials.Provided provided -> provided.checksums().getOrDefault(namespace, "");
    };
  }

  private static List<HasMetadata> clients(BlueprintContext context, Credentials.Managed managed) {
    var names = context.names();
    return List.of(
        secret(
            context.metadata("credentials", names.apiNamespace(), Names.CREDENTIALS),
            clientContent(context, managed, Names.API)),
        secret(
            context.metadata("credentials", names.consumerNamespace(), Names.CREDENTIALS),
            clientContent(context, managed, Names.CONSUMER)));
  }

  private static Map<String, String> dataContent(
      BlueprintContext context, Credentials.Managed managed) {
    var content = new TreeMap<>(managed.logins().byKey());
    managed.outgoing().ifPresent(logins -> content.putAll(logins.byKey()));
    content.put(Names.LOGINS_IN_USE, managed.logins().slot().name());
    content.put(Names.ROTATION, managed.rotation());
    content.put(Names.POSTGRES_USER, managed.postgresUser());
    content.put(Names.POSTGRES_PASSWORD, managed.postgresPassword());
    content.put(Names.REDIS_PASSWORD, managed.redisPassword());
    managed.ballotKey().ifPresent(key -> content.put(Names.BALLOT_KEY, key));
    return content;
  }

  private static Map<String, String> clientContent(
      BlueprintContext context, Credentials.Managed managed, String component) {
    var content =
        new TreeMap<>(
            Map.of(
                Names.DATABASE_URL,
                managed.databaseUrl(context.names(), component, Tls.isOn(context, Names.POSTGRES)),
                Names.REDIS_URL,
                managed.redisUrl(context.names(), component, Tls.isOn(context, Names.REDIS))));
    if (context.spec().poll() != null && component.equals(Names.API)) {
      managed.ballotKey().ifPresent(key -> content.put(Names.BALLOT_KEY, key));
    }
    return content;
  }

  /** As base64 data, never stringData, which the API server does not keep. */
  private static HasMetadata secret(ObjectMeta metadata, Map<String, String> content) {
    var data = new TreeMap<String, String>();
    content.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder().withMetadata(metadata).withType("Opaque").withData(data).build();
  }
}
