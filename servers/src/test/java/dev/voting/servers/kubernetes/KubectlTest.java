package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.voting.crd.VotingAppCrd;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person does with kubectl; skipped on machines that have none. */
class KubectlTest {

  @TempDir private Path folder;
  private InMemoryKubernetes kubernetes;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(p -> Files.isExecutable(Path.of(p, "kubectl"))),
        "no kubectl on this machine");
    kubernetes = InMemoryKubernetes.start();
    kubernetes.writeKubeconfig(folder.resolve("kubeconfig"));
  }

  @AfterEach
  void stop() {
    if (kubernetes != null) {
      kubernetes.close();
    }
  }

  private String kubectl(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("kubectl"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("KUBECONFIG", folder.resolve("kubeconfig").toString());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("KUBE_EDITOR", "sed -i s/one/two/");
    Path output = Files.createTempFile(folder, "output", null);
    Process process = builder.redirectOutput(output.toFile()).start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return Files.readString(output);
  }

  private String file(String name, String content) throws Exception {
    return Files.writeString(folder.resolve(name), content, StandardCharsets.UTF_8).toString();
  }

  @Test
  void votingAppsAreAppliedAndShown() throws Exception {
    assertThat(kubectl("apply", "-f", file("crd.yaml", Serialization.asYaml(VotingAppCrd.read()))))
        .contains("votingapps.voting.dev created");
    String app =
        """
        apiVersion: voting.dev/v1alpha1
        kind: VotingApp
        metadata: {name: voting}
        spec: {api: {replicas: %s}}
        """;

    assertThat(kubectl("apply", "-f", file("app.yaml", app.formatted(2))))
        .isEqualTo("votingapp.voting.dev/voting created\n");
    assertThat(kubectl("apply", "-f", file("app.yaml", app.formatted(2))))
        .isEqualTo("votingapp.voting.dev/voting unchanged\n");
    assertThat(kubectl("apply", "-f", file("app.yaml", app.formatted(3))))
        .isEqualTo("votingapp.voting.dev/voting configured\n");
    assertThat(kubectl("get", "va"))
        .matches("(?s)NAME +READY +REASON +URL +POLL +CLOSES +VERSION +AGE\nvoting .*");
    assertThat(kubectl("apply", "-f", file("bad.yaml", app.formatted(500))))
        .contains("The VotingApp \"voting\" is invalid")
        .contains("spec.api.replicas in body should be less than or equal to 100");
    assertThat(
            kubectl("apply", "-f", file("typo.yaml", app.formatted(1).replace("{api:", "{apo:"))))
        .contains("strict decoding error: unknown field \"spec.apo\"");
    assertThat(kubectl("explain", "votingapp.spec.api.replicas")).contains("How many pods");
  }

  @Test
  void objectsAreMadeEditedScaledAndDeleted() throws Exception {
    assertThat(kubectl("create", "namespace", "here")).isEqualTo("namespace/here created\n");
    assertThat(kubectl("-n", "here", "create", "secret", "generic", "s", "--from-literal=a=b"))
        .isEqualTo("secret/s created\n");
    assertThat(kubectl("-n", "here", "get", "secret", "s", "-o", "jsonpath={.data.a}"))
        .isEqualTo("Yg==");
    assertThat(kubectl("-n", "here", "create", "configmap", "c", "--from-literal=a=one"))
        .isEqualTo("configmap/c created\n");
    assertThat(kubectl("-n", "here", "edit", "configmap", "c")).isEqualTo("configmap/c edited\n");
    assertThat(kubectl("-n", "here", "get", "cm", "c", "-o", "jsonpath={.data.a}"))
        .isEqualTo("two");
    String deployment =
        file(
            "deployment.yaml",
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: here}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: main, image: "web:1"}]}
            """);
    assertThat(kubectl("apply", "--server-side", "-f", deployment)).contains("serverside-applied");
    assertThat(kubectl("-n", "here", "scale", "deployment", "web", "--replicas=3"))
        .isEqualTo("deployment.apps/web scaled\n");
    assertThat(kubectl("-n", "here", "get", "all")).containsPattern("deployment.apps/web +0/3");
    assertThat(kubectl("-n", "here", "set", "image", "deployment/web", "main=web:2"))
        .isEqualTo("deployment.apps/web image updated\n");
    assertThat(kubectl("-n", "here", "describe", "deployment", "web")).contains("web:2");
    assertThat(kubectl("delete", "namespace", "here")).isEqualTo("namespace \"here\" deleted\n");
    assertThat(kubectl("get", "namespace", "here"))
        .contains("Error from server (NotFound): namespaces \"here\" not found");
  }
}
