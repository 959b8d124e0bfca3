package dev.voting.local.programs.postgres;

import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import dev.voting.local.programs.SecretWatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Applies the logins to a running PostgreSQL when the Secret changes: what reload.sh does in a pod.
 */
public final class PostgresReload implements Program {
  private static final long ROOM = 32L << 20;

  private final PostgresOwners owners;

  public PostgresReload(PostgresOwners owners) {
    this.owners = owners;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    PostgresLogins logins = PostgresLogins.of(launch, owners);
    Path data = launch.mounted("/var/lib/postgresql/data");
    return SecretWatch.start(
        launch,
        logins::wanted,
        "applied the logins of the Secret",
        logins::apply,
        _ -> hasRoom(data));
  }

  /** What room.sh checks in a pod. */
  private static boolean hasRoom(Path data) {
    try {
      return Files.getFileStore(data).getUsableSpace() >= ROOM;
    } catch (IOException e) {
      return false;
    }
  }
}
