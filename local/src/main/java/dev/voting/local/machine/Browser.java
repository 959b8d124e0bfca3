package dev.voting.local.machine;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/** The browser of this machine. */
public final class Browser {
  private static final String MAC = "open";
  private static final String FREEDESKTOP = "xdg-open";

  private Browser() {}

  /**
   * Opens a page.
   *
   * @param messages receives a line if no browser is found
   */
  public static void open(String address, Consumer<String> messages) {
    String program = System.getProperty("os.name").startsWith("Mac") ? MAC : FREEDESKTOP;
    try {
      new ProcessBuilder(List.of(program, address))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      messages.accept("--open: " + program + " not found; open " + address + " yourself");
    }
  }
}
