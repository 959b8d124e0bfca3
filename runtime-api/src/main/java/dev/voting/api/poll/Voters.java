package dev.voting.api.poll;

import dev.voting.api.http.Client;
import dev.voting.api.http.HttpProblem;
import dev.voting.api.poll.PollDefinition.Ballots;
import dev.voting.runtime.BallotToken;
import dev.voting.runtime.Hmac;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose ballot a vote is: the bearer's of a token, or a browser's by its cookie. Only a pseudonym
 * goes further, which another round has another of; credentials are in no log and no answer.
 */
public final class Voters {
  private static final HeaderName TOKEN = HeaderNames.create("Ballot-Token");
  private static final Header CHALLENGE =
      HeaderValues.createCached(HeaderNames.WWW_AUTHENTICATE, "Ballot-Token");
  private static final String COOKIE = "voting-ballot";
  private static final Pattern GIVEN =
      Pattern.compile("(?:^|;)\\s*" + COOKIE + "=([A-Za-z0-9_-]{22})\\s*(?:;|$)");

  /** What of an authentication code is kept: 128 bits, which are 22 characters. */
  private static final int BYTES = 16;

  private final byte[] key;
  private final Client client;
  private final SecureRandom random = new SecureRandom();

  /**
   * A voter, where only one ballot of each counts.
   *
   * @param pseudonym the same for all votes of this voter in this round
   * @param cookie what the voter's browser is to keep, if it is new
   */
  public record Voter(String pseudonym, Optional<Header> cookie) {}

  public Voters(byte[] key, Client client) {
    this.key = key.clone();
    this.client = client;
  }

  /**
   * Whose vote a request is; nothing where each vote counts.
   *
   * @param idempotencyKey of the vote: a repetition whose first answer was lost has the same voter
   * @throws HttpProblem 401 without a valid token where one is needed
   */
  public Optional<Voter> of(
      PollDefinition poll, ServerRequest request, Optional<String> idempotencyKey) {
    return switch (poll.ballots().per()) {
      case Request -> Optional.empty();
      case Browser -> Optional.of(browser(poll.round(), request, idempotencyKey));
      case Token ->
          Optional.of(
              new Voter(
                  pseudonym(poll.round(), "token", serial(poll.ballots(), request)),
                  Optional.empty()));
    };
  }

  private String serial(Ballots ballots, ServerRequest request) {
    if (request.headers().contains(TOKEN)) {
      var serial = BallotToken.serial(key, request.headers().get(TOKEN).get().strip());
      if (serial.isPresent() && serial.getAsInt() <= ballots.tokens().orElse(0)) {
        return Integer.toString(serial.getAsInt());
      }
    }
    throw HttpProblem.of(
            Status.UNAUTHORIZED_401,
            "a valid Ballot-Token is needed: use the link that you were given")
        .with(CHALLENGE);
  }

  private Voter browser(String round, ServerRequest request, Optional<String> idempotencyKey) {
    Optional<String> given = cookie(request);
    String value = given.orElseGet(() -> newCookie(idempotencyKey));
    return new Voter(
        pseudonym(round, "browser", value),
        given.isPresent() ? Optional.empty() : Optional.of(setCookie(value, request)));
  }

  private static Optional<String> cookie(ServerRequest request) {
    if (!request.headers().contains(HeaderNames.COOKIE)) {
      return Optional.empty();
    }
    Matcher found =
        GIVEN.matcher(String.join(";", request.headers().get(HeaderNames.COOKIE).allValues()));
    return found.find() ? Optional.of(found.group(1)) : Optional.empty();
  }

  String newCookie(Optional<String> idempotencyKey) {
    if (idempotencyKey.isPresent()) {
      return code("ballot-cookie\n" + idempotencyKey.get());
    }
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return text(bytes);
  }

  private Header setCookie(String value, ServerRequest request) {
    return HeaderValues.create(
        HeaderNames.SET_COOKIE,
        COOKIE
            + "="
            + value
            + "; Path=/api; Max-Age=31536000; HttpOnly; SameSite=Lax"
            + (client.secure(request) ? "; Secure" : ""));
  }

  String pseudonym(String round, String kind, String value) {
    return code("ballot-voter\n" + round + "\n" + kind + "\n" + value);
  }

  private String code(String text) {
    return text(Arrays.copyOf(Hmac.sha256(key, text), BYTES));
  }

  private static String text(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
