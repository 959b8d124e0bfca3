package dev.voting.operator.status;

import java.util.List;

/**
 * How a rotation of the credentials is.
 *
 * @param token the {@code spec.secrets.rotate} that it is of, or what else asked for it
 * @param waits what it waits for, in words; empty when it is over
 */
public record RotationReport(String token, List<String> waits) {

  /** The same rotation, whose next step cannot be stored. */
  public RotationReport unstored() {
    return new RotationReport(token, List.of("the credentials to be stored"));
  }
}
