package dev.voting.operator.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the commands that take a file do alike. */
final class InputFiles {

  static final int VALID = 0;
  static final int INVALID = 1;

  private InputFiles() {}

  /**
   * Reads a file.
   *
   * @throws ParameterException when it cannot be read
   */
  static VotingAppFile read(Path file, CommandSpec spec) {
    try {
      return VotingAppFile.read(file);
    } catch (Failure e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  /**
   * Prints what is wrong.
   *
   * @return the exit code
   */
  static int report(List<VotingAppFile> files, CommandSpec spec) {
    var err = spec.commandLine().getErr();
    files.forEach(file -> file.errors().forEach(err::println));
    err.flush();
    return files.stream().allMatch(file -> file.errors().isEmpty()) ? VALID : INVALID;
  }
}
