package dev.voting.local.programs;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The paths inside one container that are directories or files of this machine. */
public record Mounts(List<Mount> list) {

  /** One volumeMount: {@code path} inside the container is {@code target} here. */
  public record Mount(String path, Path target) {}

  public Mounts {
    // The longest first, so that /data/logs does not match the volume at /data.
    list =
        list.stream()
            .sorted(Comparator.comparingInt((Mount mount) -> mount.path().length()).reversed())
            .toList();
  }

  /** Resolves a path of the container on this machine, if a volume is mounted there or above. */
  public Optional<Path> resolve(String path) {
    return list.stream()
        .filter(mount -> path.equals(mount.path()) || path.startsWith(mount.path() + "/"))
        .findFirst()
        .map(
            mount ->
                path.equals(mount.path())
                    ? mount.target()
                    : mount.target().resolve(path.substring(mount.path().length() + 1)));
  }

  /** The text with every mounted path replaced by its path on this machine. */
  public String translate(String text) {
    if (list.isEmpty()) {
      return text;
    }
    String paths =
        String.join("|", list.stream().map(mount -> Pattern.quote(mount.path())).toList());
    return Pattern.compile("(?<![A-Za-z0-9_./-])(?:" + paths + ")(?=$|[^A-Za-z0-9_.-])")
        .matcher(text)
        .replaceAll(
            match -> Matcher.quoteReplacement(resolve(match.group()).orElseThrow().toString()));
  }
}
