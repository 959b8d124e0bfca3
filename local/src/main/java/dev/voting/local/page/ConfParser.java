package dev.voting.local.page;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Reads an nginx.conf into its directives, with nginx's own rules for quotes and escapes. */
final class ConfParser {
  private final String text;
  private int at;

  private ConfParser(String text) {
    this.text = text;
  }

  /**
   * The whole file as one directive without a name.
   *
   * @throws IOException when it is not well-formed; the message says where
   */
  static Directive parse(String text) throws IOException {
    ConfParser parser = new ConfParser(text);
    return new Directive("", List.of(), parser.block(false));
  }

  private List<Directive> block(boolean nested) throws IOException {
    List<Directive> directives = new ArrayList<>();
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        if (nested) {
          throw problem("a closing brace is missing");
        }
        return directives;
      }
      if (text.charAt(at) == '}') {
        if (!nested) {
          throw problem("unexpected \"}\"");
        }
        at++;
        return directives;
      }
      directives.add(directive());
    }
  }

  private Directive directive() throws IOException {
    List<String> words = new ArrayList<>();
    while (true) {
      skipBlanks();
      if (at == text.length()) {
        throw problem("a semicolon is missing");
      }
      char next = text.charAt(at);
      if (next == ';' || next == '{') {
        at++;
        if (words.isEmpty()) {
          throw problem("unexpected \"" + next + "\"");
        }
        List<Directive> block = next == '{' ? block(true) : List.of();
        return new Directive(words.getFirst(), List.copyOf(words.subList(1, words.size())), block);
      }
      words.add(next == '"' || next == '\'' ? quoted(next) : word());
    }
  }

  private String quoted(char quote) throws IOException {
    StringBuilder word = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char next = text.charAt(at);
      if (next == quote) {
        at++;
        return word.toString();
      }
      append(word, next);
    }
    throw problem("a quote is not closed");
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    for (; at < text.length(); at++) {
      char next = text.charAt(at);
      boolean variable = next == '{' && !word.isEmpty() && word.charAt(word.length() - 1) == '$';
      if (Character.isWhitespace(next) || next == ';' || (next == '{' && !variable)) {
        break;
      }
      append(word, next);
    }
    return word.toString();
  }

  /** A backslash counts before quotes, itself and t, r, n only; elsewhere it belongs to a regex. */
  private void append(StringBuilder word, char next) {
    if (next != '\\' || at + 1 == text.length()) {
      word.append(next);
      return;
    }
    char escaped = text.charAt(at + 1);
    switch (escaped) {
      case '"', '\'', '\\' -> word.append(escaped);
      case 't' -> word.append('\t');
      case 'r' -> word.append('\r');
      case 'n' -> word.append('\n');
      default -> {
        word.append(next);
        return;
      }
    }
    at++;
  }

  private void skipBlanks() {
    while (at < text.length()) {
      if (text.charAt(at) == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else {
        return;
      }
    }
  }

  private IOException problem(String what) {
    long line = 1 + text.substring(0, at).chars().filter(c -> c == '\n').count();
    return new IOException("nginx.conf, line " + line + ": " + what);
  }
}
