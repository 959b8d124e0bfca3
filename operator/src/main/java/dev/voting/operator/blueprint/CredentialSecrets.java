package dev.voting.operator.blueprint;

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

  static List<HasMetadata> objects(Subject subject) {
    return switch (subject.credentials()) {
      case Credentials.Managed managed -> secrets(subject, managed);
      case Credentials.Provided _ -> List.of();
    };
  }

  /** What the pods of a namespace are rolled by when the credentials change. */
  static Object content(Subject subject, String namespace) {
    return switch (subject.credentials()) {
      case Credentials.Managed managed ->
          namespace.equals(subject.names().dataNamespace())
              ? dataContent(subject, managed)
              : clientContent(subject, managed);
      case Credentials.Provided provided -> provided.checksums().getOrDefault(namespace, "");
    };
  }

  private static List<HasMetadata> secrets(Subject subject, Credentials.Managed managed) {
    var names = subject.names();
    var client = clientContent(subject, managed);
    return List.of(
        secret(
            subject.dataMetadata("credentials", names.dataNamespace(), Names.CREDENTIALS),
            dataContent(subject, managed)),
        secret(subject.metadata("credentials", names.apiNamespace(), Names.CREDENTIALS), client),
        secret(
            subject.metadata("credentials", names.consumerNamespace(), Names.CREDENTIALS), client));
  }

  private static Map<String, String> dataContent(Subject subject, Credentials.Managed managed) {
    return new TreeMap<>(
        Map.of(
            Names.POSTGRES_USER, subject.spec().secrets().postgres().user(),
            Names.POSTGRES_PASSWORD, managed.postgresPassword(),
            Names.REDIS_PASSWORD, managed.redisPassword()));
  }

  private static Map<String, String> clientContent(Subject subject, Credentials.Managed managed) {
    var user = subject.spec().secrets().postgres().user();
    return new TreeMap<>(
        Map.of(
            Names.DATABASE_URL, managed.databaseUrl(subject.names(), user),
            Names.REDIS_URL, managed.redisUrl(subject.names())));
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
