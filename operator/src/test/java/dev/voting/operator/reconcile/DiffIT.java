package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.certmanager.Certificate;
import dev.voting.operator.cli.DiffCommand;
import dev.voting.operator.cli.RenderCommand;
import dev.voting.operator.run.VotingAppOperator;
import dev.voting.operator.testing.Subjects;
import dev.voting.operator.testing.TestCluster;
import dev.voting.operator.testing.TestCluster.InMemory;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What {@code diff} reports is what the operator then does, and reporting changes nothing. */
class DiffIT {

  private static TestCluster cluster;
  private static KubernetesClient client;

  @TempDir private Path folder;
  private final Subjects subject = new Subjects(cluster, client);

  /** What a run of the command line gave. */
  private record Run(int code, String out, String err) {}

  @BeforeAll
  static void startCluster() {
    cluster = TestCluster.start();
    client = cluster.client();
  }

  @AfterAll
  static void stopCluster() {
    client.close();
    cluster.close();
  }

  @AfterEach
  void cleanUp() {
    subject.cleanUp();
  }

  private Run diff(String spec, String... options) throws IOException {
    return run(new DiffCommand(cluster::client), spec, options);
  }

  private Run run(Callable<Integer> command, String spec, String... options) throws IOException {
    var file =
        Files.writeString(
            folder.resolve("app.yaml"),
            "apiVersion: voting.dev/v1alpha1\nkind: VotingApp\nmetadata: {name: %s}\nspec: %s\n"
                .formatted(subject.name, spec));
    var out = new StringWriter();
    var err = new StringWriter();
    var line =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .setExecutionExceptionHandler(
                (e, ran, _) -> {
                  ran.getErr().println(e.getMessage());
                  return ran.getCommandSpec().exitCodeOnExecutionException();
                });
    var arguments =
        Stream.concat(Stream.of("-f", file.toString()), Stream.of(options)).toArray(String[]::new);
    return new Run(line.execute(arguments), out.toString(), err.toString());
  }

  private void converge(String spec) {
    try (var _ = VotingAppOperator.start(client, lost -> {})) {
      subject.apply(spec);
      subject.awaitReady();
    }
  }

  @Test
  void aNewVotingAppIsAllAddedAndNothingOfItIsMade() throws IOException {
    var run = diff("{}");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains(
            "--- /dev/null\n+++ merged/VotingApp/" + subject.name,
            "+++ merged/Deployment/%s/api".formatted(subject.names.apiNamespace()),
            "+  REDIS_PASSWORD: '***'\n")
        .doesNotContain("--- live/");
    assertThat(subject.app()).isNull();
    assertThat(client.namespaces().withName(subject.names.dataNamespace()).get()).isNull();
  }

  @Test
  void whatHasConvergedDoesNotDiffer() throws IOException {
    var spec = "{frontend: {replicas: 2, autoscaling: {maxReplicas: 3}}, exposure: {host: a.b}}";
    converge(spec);
    assertThat(diff(spec)).isEqualTo(new Run(0, "", ""));
  }

  @Test
  void certificatesThatAreThereDoNotDiffer() throws IOException {
    converge("{tls: {enabled: true}}");
    assertThat(diff("{tls: {enabled: true}}")).isEqualTo(new Run(0, "", ""));
  }

  @Test
  void whatTheClusterHasNoPlaceForIsSaid() throws IOException {
    assumeThat(client.supports(Certificate.class)).isFalse();
    var run = diff("{tls: {enabled: true, issuerRef: {name: ours, kind: ClusterIssuer}}}");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("NotServed", "cert-manager");
    assertThat(run.out())
        .contains("+++ merged/Namespace/")
        .doesNotContain("merged/Certificate", "merged/StatefulSet");
  }

  @Test
  void aChangeIsShownWithAllThatItMakesAndPrunes() throws IOException {
    converge("{}");
    var before = subject.versions();
    var run = diff("{exposure: {type: None}, consumer: {batchSize: 7}, paused: true}");
    assertThat(subject.versions()).isEqualTo(before);
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            "-    batchSize: 1000\n+    batchSize: 7\n",
            "--- live/Ingress/%s/api\n+++ /dev/null\n@@ -1,"
                .formatted(subject.names.apiNamespace()),
            "--- live/Job/%s/%s\n+++ /dev/null\n"
                .formatted(subject.names.consumerNamespace(), subject.jobs().getFirst()),
            "--- /dev/null\n+++ merged/Job/%s/consumer-"
                .formatted(subject.names.consumerNamespace()),
            // With no Ingress, no proxy speaks for its clients.
            "-        - name: TRUSTED_HOPS\n")
        .doesNotContain("live/Secret", "managedFields", "resourceVersion");
    assertThat(run.err()).contains("is paused: nothing changes until it no longer is");
  }

  @Test
  void whatWasChangedByHandWouldBePutBack() throws IOException {
    converge("{}");
    client
        .resources(Deployment.class)
        .inNamespace(subject.names.apiNamespace())
        .withName("api")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"spec\":{\"replicas\":4}}");
    var secret = "{\"data\":{\"REDIS_URL\":\"b2xk\"}}";
    client
        .secrets()
        .inNamespace(subject.names.apiNamespace())
        .withName(Names.CREDENTIALS)
        .patch(PatchContext.of(PatchType.JSON_MERGE), secret);
    var password = subject.decoded(subject.names.dataNamespace()).get(Names.REDIS_PASSWORD);
    var run = diff("{}");
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("-  replicas: 4\n+  replicas: 1\n")
        .contains("-  REDIS_URL: '*** (before)'\n+  REDIS_URL: '*** (after)'\n")
        .doesNotContain("b2xk", password);
    assertThat(diff("{}", "--show-secrets").out()).contains("-  REDIS_URL: b2xk\n");
  }

  @Test
  void whatTheOperatorFixesIsShownAsFixed() throws IOException {
    converge("{}");
    var api =
        client
            .resources(Deployment.class)
            .inNamespace(subject.names.apiNamespace())
            .withName("api");
    api.edit(
        deployment -> {
          var container = deployment.getSpec().getTemplate().getSpec().getContainers().getFirst();
          container.getEnv().stream()
              .filter(one -> one.getName().equals(Names.DATABASE_URL))
              .forEach(
                  one -> {
                    one.setValueFrom(null);
                    one.setValue("x");
                  });
          return deployment;
        });
    var config =
        client.configMaps().inNamespace(subject.names.dataNamespace()).withName("redis-config");
    config.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"immutable\":true}");
    var before = api.get();
    var run = diff("{redis: {maxMemory: 150mb}}");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("-          value: x\n+          valueFrom:\n")
        .contains("-immutable: true\n", "+    maxmemory 150mb");
    assertThat(api.get()).isEqualTo(before);
    assertThat(config.get().getImmutable()).isTrue();
  }

  @Test
  void growingStorageShowsTheTemplate() throws IOException {
    converge("{}");
    var run = diff("{postgres: {storage: {size: 2Gi}}}");
    assertThat(run.err()).isEmpty();
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.out())
        .contains("--- live/StatefulSet/%s/postgres".formatted(subject.names.dataNamespace()))
        .contains("-          storage: 1Gi\n+          storage: 2Gi\n");
  }

  @Test
  void whatTheClusterRefusesIsAnErrorOfItsOwn() throws IOException {
    converge("{}");
    client
        .resources(CustomResourceDefinition.class)
        .withName(VotingAppCrd.NAME)
        .edit(DiffIT::withARuleOfTheAdmins);
    try {
      var refused = diff("{api: {replicas: 3}}");
      assertThat(refused.code()).isEqualTo(3);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err())
          .contains("the cluster refuses votingapp/" + subject.name, "two are enough");
    } finally {
      client.resource(VotingAppCrd.read()).update();
    }
    assertThat(diff("{api: {replicas: -1}}").code()).isEqualTo(2);
  }

  private static CustomResourceDefinition withARuleOfTheAdmins(CustomResourceDefinition crd) {
    crd.getSpec()
        .getVersions()
        .getFirst()
        .getSchema()
        .getOpenAPIV3Schema()
        .getProperties()
        .get("spec")
        .getXKubernetesValidations()
        .add(
            new ValidationRuleBuilder()
                .withRule("self.api.replicas <= 2")
                .withMessage("two are enough")
                .build());
    return crd;
  }

  @Test
  void anothersNamespaceIsInTheWay() throws IOException {
    client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withName(subject.names.apiNamespace())
                .endMetadata()
                .build())
        .create();
    var run = diff("{}");
    assertThat(run.code()).isEqualTo(3);
    assertThat(run.err()).contains("NamespaceConflict", subject.names.apiNamespace());
  }

  @Test
  void onlyDryRunsAreWritten() throws IOException {
    converge("{}");
    if (cluster instanceof InMemory(var kubernetes)) {
      try (var log = kubernetes.record()) {
        diff("{api: {replicas: 2}}");
        assertThat(log.all().stream().filter(request -> !request.method().equals("GET")))
            .isNotEmpty()
            .allMatch(request -> request.query().contains("dryRun=All"));
      }
    }
  }

  @Test
  void renderShowsSecretsOnlyWhenAsked() throws IOException {
    var before = run(new RenderCommand(cluster::client), "{}", "--show-secrets");
    assertThat(before.code()).isEqualTo(1);
    assertThat(before.err()).contains("holds no secrets of votingapp/" + subject.name + " yet");
    converge("{}");
    var password =
        client
            .secrets()
            .inNamespace(subject.names.dataNamespace())
            .withName(Names.CREDENTIALS)
            .get()
            .getData()
            .get(Names.REDIS_PASSWORD);
    assertThat(run(new RenderCommand(cluster::client), "{}", "--show-secrets").out())
        .contains(password);
    assertThat(run(new RenderCommand(cluster::client), "{}").out()).doesNotContain(password);
  }
}
