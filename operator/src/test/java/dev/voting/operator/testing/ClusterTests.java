package dev.voting.operator.testing;

import static org.awaitility.Awaitility.await;

import dev.voting.operator.blueprint.Names;
import dev.voting.operator.run.VotingAppOperator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the operator on a cluster have in common: a cluster, and an operator at work. */
public abstract class ClusterTests {

  protected static TestCluster cluster;
  protected static KubernetesClient client;
  protected VotingAppOperator operator;
  private final List<Subjects> subjects = new ArrayList<>();

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

  @BeforeEach
  void startOperator() {
    operator = start();
  }

  @AfterEach
  void stopOperator() {
    subjects.forEach(Subjects::cleanUp);
    operator.close();
  }

  protected static VotingAppOperator start() {
    return VotingAppOperator.start(
        client,
        lost -> {
          throw new AssertionError("a watch was lost", lost);
        });
  }

  /** A VotingApp that is not applied yet, and will be cleaned up. */
  protected Subjects subject() {
    var subject = new Subjects(cluster, client);
    subjects.add(subject);
    return subject;
  }

  protected Subjects ready(String spec) {
    var subject = subject();
    subject.apply(spec);
    subject.awaitReady();
    return subject;
  }

  /** Silence can only be heard by listening for a time. */
  protected static void letPass(Duration time) {
    var end = System.nanoTime() + time.toNanos();
    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(time.plusSeconds(5))
        .until(() -> System.nanoTime() >= end);
  }

  protected static void merge(HasMetadata object, String patch) {
    client.resource(object).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  protected static void merge(HasMetadata object, String subresource, String patch) {
    client
        .resource(object)
        .subresource(subresource)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  protected static <T extends HasMetadata> List<T> all(Class<T> kind, String namespace) {
    return client.resources(kind).inNamespace(namespace).list().getItems();
  }

  /** The pod templates of the Deployments and StatefulSets, by name. */
  protected static Map<String, PodTemplateSpec> templates(Subjects subject) {
    var templates = new TreeMap<String, PodTemplateSpec>();
    for (var namespace : subject.names.namespaces()) {
      client
          .apps()
          .deployments()
          .inNamespace(namespace)
          .list()
          .getItems()
          .forEach(d -> templates.put(d.getMetadata().getName(), d.getSpec().getTemplate()));
      client
          .apps()
          .statefulSets()
          .inNamespace(namespace)
          .list()
          .getItems()
          .forEach(s -> templates.put(s.getMetadata().getName(), s.getSpec().getTemplate()));
    }
    return templates;
  }

  /** Reasons and messages of the Events of a VotingApp. */
  protected static List<String> events(Subjects subject) {
    return client
        .v1()
        .events()
        .inNamespace("default")
        .withField("involvedObject.name", subject.name)
        .list()
        .getItems()
        .stream()
        .map(event -> event.getReason() + ": " + event.getMessage())
        .toList();
  }

  protected static String checksum(Subjects subject, String workload) {
    return templates(subject).get(workload).getMetadata().getAnnotations().get(Names.CHECKSUM);
  }
}
