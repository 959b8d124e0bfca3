package dev.voting.operator.cli;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.http.Clients;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** The cluster that a command is to work on: that of the kubeconfig, or the one it runs in. */
public final class Cluster {

  private static final Path IN_CLUSTER_TOKEN =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

  private Cluster() {}

  /**
   * Makes a client, and tries it.
   *
   * @return a client of the caller's own
   * @throws Failure when there is no cluster, or it does not know VotingApps, or refuses
   */
  public static KubernetesClient connect() {
    checkKubeconfig();
    var config = ClientKey.recognize(Config.autoConfigure(null));
    tryOut(config);
    return Clients.of(config);
  }

  /** The client library takes a file that it cannot read for none, and then asks elsewhere. */
  private static void checkKubeconfig() {
    var named = Optional.ofNullable(System.getenv("KUBECONFIG")).filter(value -> !value.isBlank());
    var files =
        named
            .map(value -> Arrays.stream(value.split(File.pathSeparator)).map(Path::of).toList())
            .orElseGet(() -> List.of(Path.of(System.getProperty("user.home"), ".kube", "config")));
    if (named.isEmpty() && !Files.exists(files.getFirst())) {
      if (!Files.exists(IN_CLUSTER_TOKEN)) {
        throw new Failure(
            "no cluster: set KUBECONFIG to a kubeconfig file, or run in a pod with a service"
                + " account");
      }
      return;
    }
    files.forEach(Cluster::checkKubeconfig);
  }

  private static void checkKubeconfig(Path file) {
    try {
      var content =
          Serialization.unmarshal(
              Files.readString(file), io.fabric8.kubernetes.api.model.Config.class);
      if (content == null) {
        throw new Failure("kubeconfig " + file + " is empty");
      }
    } catch (IOException e) {
      throw new Failure("kubeconfig " + file + " cannot be read: does it exist?", e);
    } catch (RuntimeException e) {
      throw e instanceof Failure failure
          ? failure
          : new Failure("kubeconfig " + file + " is not a kubeconfig: it cannot be parsed", e);
    }
  }

  /** One request, that fails for whatever is wrong, and soon. */
  static void tryOut(Config config) {
    var impatient =
        new ConfigBuilder(config).withConnectionTimeout(5_000).withRequestTimeout(10_000).build();
    var server = config.getMasterUrl();
    try (var client = Clients.of(impatient)) {
      client.resources(VotingApp.class).list(new ListOptionsBuilder().withLimit(1L).build());
    } catch (KubernetesClientException e) {
      throw new Failure(
          switch (e.getCode()) {
            case 401 -> "the cluster at " + server + " refuses the credentials: renew them";
            case 403 ->
                "the cluster at "
                    + server
                    + " forbids to list VotingApps: install deploy/rbac.yaml";
            case 404 ->
                "the cluster at %s does not know VotingApps: install crd/%s.yaml first"
                    .formatted(server, VotingAppCrd.NAME);
            default ->
                e.getStatus() == null
                    ? "the cluster at " + server + " cannot be reached: " + obstacle(e)
                    : "the cluster at " + server + " answers: " + e.getMessage();
          },
          e);
    }
  }

  /** Network exceptions have few messages, so their classes say it. */
  private static String obstacle(Throwable e) {
    var last = e.getMessage();
    for (var cause = e; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case UnresolvedAddressException _ -> {
          return "its host name is unknown";
        }
        case ConnectException _ -> last = "it refuses connections; does it run?";
        case HttpTimeoutException _ -> {
          return "it does not answer in time";
        }
        case SSLException tls -> {
          return tls.getMessage();
        }
        default -> {}
      }
    }
    return last;
  }
}
