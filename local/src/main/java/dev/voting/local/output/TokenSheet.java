package dev.voting.local.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.voting.local.errors.CommandException;
import dev.voting.operator.blueprint.page.Page;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cards for voters, to print and cut: one file that asks for nothing else. The web page's own code
 * draws the QR codes, in the browser that prints it.
 */
public final class TokenSheet {
  private TokenSheet() {}

  /** One voter's. */
  public record Card(int serial, String link) {}

  /**
   * Writes it to a new file that only its owner may read.
   *
   * @throws CommandException if it exists or cannot be written
   */
  public static void write(Path file, String title, Stream<Card> cards) {
    try {
      Files.createFile(file, ownersOnly());
      Files.writeString(file, html(title, cards));
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(file + " exists: choose another file with --sheet", e);
    } catch (IOException e) {
      throw new CommandException("cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  private static FileAttribute<?>[] ownersOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  private static String html(String title, Stream<Card> cards) {
    String heading = escaped(title);
    String all =
        cards
            .map(
                card ->
                    """
                    <article data-link="%2$s"><h2>%3$s</h2><p>No. %1$d</p><p class="link">%2$s</p></article>
                    """
                        .formatted(card.serial(), escaped(card.link()), heading))
            .collect(Collectors.joining());
    // The code last: nothing in it is a place for something else.
    return template()
        .replace("@TITLE@", heading)
        .replace("@CARDS@", all)
        .replace("@QR@", Page.FILES.get("qr.js").replace("export function", "function"));
  }

  private static String template() {
    try (InputStream file = TokenSheet.class.getResourceAsStream("tokens.html")) {
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("@", "&#64;");
  }
}
