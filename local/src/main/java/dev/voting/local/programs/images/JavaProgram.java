package dev.voting.local.programs.images;

import dev.voting.local.names.ClusterNames;
import dev.voting.local.programs.ChildProcess;
import dev.voting.local.programs.Children;
import dev.voting.local.programs.Inherited;
import dev.voting.local.programs.Launch;
import dev.voting.local.programs.Program;
import dev.voting.local.programs.Running;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** One of this project's own runtimes, in its own JVM. */
final class JavaProgram implements Program {
  /** Where {@link ClusterNames} is, for the runtimes' class path. */
  private static final String NAMES = locationOf(ClusterNames.class);

  private final Path app;
  private final String main;
  private final Map<String, Integer> portVariables;
  private final Children children;

  /**
   * @param app the directory with the runtime's jar and all that it needs
   * @param main its main class
   */
  JavaProgram(Path app, String main, Map<String, Integer> portVariables, Children children) {
    this.app = app;
    this.main = main;
    this.portVariables = Map.copyOf(portVariables);
    this.children = children;
  }

  @Override
  public Map<String, Integer> portVariables() {
    return portVariables;
  }

  private static String locationOf(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public boolean findsServices() {
    return true;
  }

  @Override
  public Running start(Launch launch) throws IOException {
    if (!Files.isDirectory(app)) {
      throw new IOException(app + " is missing: build it with mvn -DskipTests package");
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(JvmFlags.forContainer(launch.memoryLimit()));
    command.addAll(JvmFlags.cache(app));
    command.add("-cp");
    command.add(app + "/*" + File.pathSeparator + NAMES);
    command.add(main);
    command.addAll(launch.args());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(launch.scratch().toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(launch.log().toFile()));
    builder.environment().keySet().retainAll(Inherited.VARIABLES);
    builder.environment().putAll(launch.env());
    // In place of a pod's network: not reachable from outside the machine.
    builder.environment().put("LISTEN_ADDRESS", "127.0.0.1");
    builder.environment().put("TERMINATION_LOG", launch.terminationLog().toString());
    return new ChildProcess(children.start(builder, launch.name()));
  }
}
