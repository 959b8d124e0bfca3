package dev.voting.servers.kubernetes.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.servers.kubernetes.wire.ApiException;
import java.util.Base64;
import java.util.List;

/**
 * A part of a list, for those who ask for it piece by piece.
 *
 * @param objects what it holds
 * @param revision of the whole list, which is that of its first page: from there on a watch misses
 *     nothing
 * @param next by which the next page is asked for; empty at the end
 */
public record Page(List<StoredObject> objects, String revision, String next) {

  /**
   * Takes one page.
   *
   * @param all in the order of their keys
   * @param revision of the list as it is now
   * @param limit how many objects a page has; empty for all
   * @param token what the page before said; empty for the first one
   */
  public static Page of(List<StoredObject> all, String revision, String limit, String token) {
    try {
      var begun =
          token.isEmpty()
              ? revision + " "
              : new String(Base64.getUrlDecoder().decode(token), UTF_8);
      var first = begun.substring(0, begun.indexOf(' '));
      var after = begun.substring(first.length() + 1);
      var rest = all.stream().filter(object -> key(object).compareTo(after) > 0).toList();
      var size = limit.isEmpty() ? 0 : Integer.parseInt(limit);
      if (size == 0 || rest.size() <= size) {
        return new Page(rest, first, "");
      }
      var page = rest.subList(0, size);
      var next = first + " " + key(page.getLast());
      return new Page(page, first, Base64.getUrlEncoder().encodeToString(next.getBytes(UTF_8)));
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      throw ApiException.badRequest("limit or continue is not valid: " + e.getMessage());
    }
  }

  private static String key(StoredObject object) {
    return object.namespace() + "/" + object.name();
  }
}
