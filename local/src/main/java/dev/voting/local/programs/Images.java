package dev.voting.local.programs;

import java.util.Optional;

/** Which program runs for which image. */
@FunctionalInterface
public interface Images {

  /**
   * Looks up the program for an image.
   *
   * @param image the container's image, with its tag or digest
   * @param component the pod's label app.kubernetes.io/component, with a slash and the container's
   *     name if it is a sidecar; or just the container's name
   * @return the program, or the reason why there is none
   */
  Found find(String image, String component);

  /** The result of a look-up. */
  sealed interface Found {
    /** The program for the image. */
    record Known(Program program) implements Found {}

    /** There is none; the message says why, and which images are known. */
    record Unknown(String message) implements Found {}
  }

  /** The last part of an image's name, without registry, tag and digest. */
  static String repository(String image) {
    String name = image.replaceFirst("@.*$", "");
    name = name.substring(name.lastIndexOf('/') + 1);
    return name.replaceFirst(":.*$", "");
  }

  /** An image's tag, if it names one. */
  static Optional<String> tag(String image) {
    String name = image.replaceFirst("@.*$", "");
    name = name.substring(name.lastIndexOf('/') + 1);
    int colon = name.indexOf(':');
    return colon < 0 ? Optional.empty() : Optional.of(name.substring(colon + 1));
  }
}
