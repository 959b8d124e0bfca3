import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reports in one line, before anything is built, that the base image is not available, and what to
 * do. Jib itself reports it late, and not what to do.
 *
 * <p>Arguments: the base image, then {@code offline=true} or {@code offline=false}.
 */
void main(String[] arguments) {
  var base = arguments[0];
  var obstacle = obstacle(base, arguments[1].equals("offline=true"));
  if (obstacle.isPresent()) {
    System.err.printf("the base image %s %s%n", base, obstacle.get());
    System.err.println(
        "or name another one: -Dimage.base=REGISTRY/NAME@sha256:DIGEST, or what docker save wrote,"
            + " -Dimage.base=tar:///FILE.tar -Dimage.skip.arm64=true");
    System.exit(1);
  }
}

Optional<String> obstacle(String base, boolean offline) {
  if (base.startsWith("tar://")) {
    return Optional.of("does not exist: is the path absolute?")
        .filter(_ -> !Files.isRegularFile(Path.of(base.substring("tar://".length()))));
  }
  if (base.startsWith("docker://")) {
    return Optional.empty();
  }
  var image = base.replaceFirst("^registry://", "");
  if (offline) {
    return Optional.of(
            "is not in Jib's cache: build once without -o where its registry can be reached, and"
                + " from then on with -o")
        .filter(_ -> !isCached(image));
  }
  return isBehindProxy() ? Optional.empty() : unreachable(registry(image), isCached(image));
}

/** By the rule of all container tools: a first part that looks like a host is one. */
String registry(String image) {
  var first = image.contains("/") ? image.substring(0, image.indexOf('/')) : "";
  return first.contains(".") || first.contains(":") || first.equals("localhost")
      ? first
      : "registry-1.docker.io";
}

Optional<String> unreachable(String registry, boolean cached) {
  var parts = registry.split(":");
  var port = parts.length > 1 ? Integer.parseInt(parts[1]) : 443;
  try (var socket = new Socket()) {
    socket.connect(new InetSocketAddress(parts[0], port), 5_000);
    return Optional.empty();
  } catch (IOException e) {
    return Optional.of(
        "cannot be had, for %s cannot be reached (%s): %s"
            .formatted(
                registry,
                e instanceof UnknownHostException ? "unknown host" : e.getMessage(),
                cached
                    ? "it is in Jib's cache, so build with -o"
                    : "build once where it can, and from then on with -o"));
  }
}

/** Then who can be reached, and by whom, is the proxy's business. */
boolean isBehindProxy() {
  return Stream.of("https_proxy", "HTTPS_PROXY", "MAVEN_OPTS")
      .map(System::getenv)
      .anyMatch(value -> value != null && value.toLowerCase().contains("proxy"));
}

/** Jib keeps an image in a folder of its name, with an exclamation mark before tag or digest. */
boolean isCached(String image) {
  var images = cache().resolve("images");
  try (var folders = Files.isDirectory(images) ? Files.walk(images) : Stream.<Path>of()) {
    return folders
        .filter(Files::isDirectory)
        .map(folder -> images.relativize(folder).toString().replace('!', ':'))
        .anyMatch(cached -> ("/" + cached).endsWith("/" + image.replace('@', ':')));
  } catch (IOException e) {
    return false;
  }
}

Path cache() {
  var home = System.getProperty("user.home");
  if (System.getProperty("os.name").startsWith("Mac")) {
    return Path.of(home, "Library", "Caches", "Google", "Jib");
  }
  var caches = System.getenv().getOrDefault("XDG_CACHE_HOME", home + "/.cache");
  return Path.of(caches, "google-cloud-tools-java", "jib");
}
