package dev.voting.operator.secrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.fabric8.kubernetes.api.model.Secret;
import java.util.Base64;
import java.util.Optional;

/** What Secrets hold. */
final class SecretValues {
  private SecretValues() {}

  /** One value; empty where it is missing or empty. */
  static Optional<String> value(Secret secret, String key) {
    return Optional.ofNullable(secret.getData())
        .map(data -> data.get(key))
        .map(data -> new String(Base64.getDecoder().decode(data), UTF_8))
        .filter(value -> !value.isEmpty());
  }
}
