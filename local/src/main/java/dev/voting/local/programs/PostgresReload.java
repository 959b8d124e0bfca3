package dev.voting.local.programs;

import java.io.IOException;

/**
 * Gives a running PostgreSQL its logins whenever the Secret changes: what reload.sh does in a pod.
 */
final class PostgresReload implements Program {
  private final PostgresOwners owners;

  PostgresReload(PostgresOwners owners) {
    this.owners = owners;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    PostgresLogins logins = PostgresLogins.of(launch, owners);
    return SecretWatch.start(
        launch, logins.secrets(), "the logins are as the Secret says", logins::apply);
  }
}
