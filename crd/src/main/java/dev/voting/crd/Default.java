package dev.voting.crd;

/** Fills in what a user left out. */
final class Default {
  private Default() {}

  static <T> T or(T given, T byDefault) {
    return given == null ? byDefault : given;
  }
}
