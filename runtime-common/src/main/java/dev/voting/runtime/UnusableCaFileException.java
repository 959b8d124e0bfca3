package dev.voting.runtime;

import java.io.IOException;
import java.nio.file.Path;

/** A file of trusted CAs has become unusable. */
final class UnusableCaFileException extends IOException {
  private static final long serialVersionUID = 1L;

  UnusableCaFileException(Path path, Exception cause) {
    super(path + " is no file of certificates now", cause);
  }
}
