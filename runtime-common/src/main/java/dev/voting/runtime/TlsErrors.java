package dev.voting.runtime;

import java.io.FileNotFoundException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Describes a failed TLS connection without addresses, credentials and class names. */
public final class TlsErrors {
  private static final String UNTRUSTED = "its certificate is not issued by a trusted CA";

  /** The messages of the JDK and of pgjdbc. */
  private static final Pattern OTHER_HOST =
      Pattern.compile("^No (subject alternative|name matching)|verified by hostnameverifier");

  private static final Pattern NO_TLS = Pattern.compile("unrecognized SSL message|not support SSL");

  private TlsErrors() {}

  /**
   * Says why there is no secure connection.
   *
   * @param error what a driver threw
   * @return empty when TLS is not the reason
   */
  public static Optional<String> describe(Throwable error) {
    return switch (error) {
      case null -> Optional.empty();
      case UnusableCaFileException _, FileNotFoundException _ ->
          Optional.of("the file of trusted CAs cannot be read");
      case CertificateExpiredException _ -> Optional.of("its certificate has expired");
      case CertificateNotYetValidException _ -> Optional.of("its certificate is not valid yet");
      case CertPathBuilderException _ -> Optional.of(UNTRUSTED);
      default -> ofCauses(error).or(() -> itself(error));
    };
  }

  /** Jedis adds one suppressed error for each address that it tried. */
  private static Optional<String> ofCauses(Throwable error) {
    return Stream.concat(Stream.ofNullable(error.getCause()), Stream.of(error.getSuppressed()))
        .map(TlsErrors::describe)
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> itself(Throwable error) {
    String message = error.getMessage() == null ? "" : error.getMessage();
    if (OTHER_HOST.matcher(message).find()) {
      return Optional.of("its certificate is for another host name");
    }
    if (NO_TLS.matcher(message).find()) {
      return Optional.of("it does not support TLS");
    }
    return switch (error) {
      case CertPathValidatorException _ -> Optional.of(UNTRUSTED);
      case SSLException _ -> Optional.of("no secure connection");
      default -> Optional.empty();
    };
  }
}
