import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions.Style;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * Checks that every Java file is in Google's style, or puts it into it.
 *
 * <p>Spotless does so in Maven's own JVM, where a formatter on an older JDK cannot read newer
 * syntax. So the build runs this file in the JDK of the toolchain.
 *
 * <p>Arguments: {@code check} or {@code write}, then the root folder.
 */
void main(String[] arguments) throws Exception {
  var write = arguments[0].equals("write");
  var formatter = new Formatter();
  var wrong = new ArrayList<Path>();
  try (var files = Files.walk(Path.of(arguments[1]))) {
    for (var file : files.filter(this::isSource).toList()) {
      var source = Files.readString(file);
      var formatted =
          formatter.formatSource(
              ImportOrderer.reorderImports(
                  RemoveUnusedImports.removeUnusedImports(source), Style.GOOGLE));
      if (!formatted.equals(source)) {
        wrong.add(file);
        if (write) {
          Files.writeString(file, formatted);
        }
      }
    }
  }
  if (!write && !wrong.isEmpty()) {
    wrong.forEach(file -> System.err.println("not formatted: " + file));
    System.err.println("run: mvn -N verify -Dformat=write");
    System.exit(1);
  }
}

boolean isSource(Path file) {
  var path = file.toString();
  return path.endsWith(".java") && path.contains("/src/") && !path.contains("/target/");
}
