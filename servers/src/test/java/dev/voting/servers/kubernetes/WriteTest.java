package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Create, replace, patch and select; and what a server refuses. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WriteTest {

  @AutoClose private final Cluster cluster = new Cluster();
  private final KubernetesClient client = cluster.client();
  private final String namespace = cluster.makeNamespace("write").getMetadata().getName();

  private ConfigMap config(String name, Map<String, String> labels) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .withLabels(labels)
        .endMetadata()
        .addToData("a", "1")
        .build();
  }

  private static KubernetesClientException refusal(ThrowingCallable call) {
    return catchThrowableOfType(KubernetesClientException.class, call);
  }

  @Test
  void whatExistsIsNotCreatedAgain() {
    client.resource(config("twice", Map.of())).create();

    var refusal = refusal(() -> client.resource(config("twice", Map.of())).create());

    assertThat(refusal.getCode()).isEqualTo(409);
    assertThat(refusal.getStatus().getReason()).isEqualTo("AlreadyExists");
    assertThat(refusal.getStatus().getMessage()).isEqualTo("configmaps \"twice\" already exists");
  }

  @Test
  void aUidCannotBeChanged() {
    client.resource(config("uid", Map.of())).create();
    var another = config("uid", Map.of());
    another.getMetadata().setUid("another");

    var refusal = refusal(() -> client.resource(another).serverSideApply());
    assertThat(refusal.getCode()).isEqualTo(422);
    assertThat(refusal.getStatus().getMessage())
        .isEqualTo(
            "ConfigMap \"uid\" is invalid: metadata.uid: Invalid value: \"another\": field is"
                + " immutable");

    assertThat(refusal(() -> client.resource(another).update()).getCode()).isEqualTo(409);
  }

  @Test
  void aStaleReplaceIsRefused() {
    ConfigMap first = client.resource(config("stale", Map.of())).create();
    ConfigMap second =
        client.resource(new ConfigMapBuilder(first).addToData("b", "2").build()).update();
    assertThat(second.getData()).containsEntry("b", "2");

    var refusal =
        refusal(
            () ->
                client.resource(new ConfigMapBuilder(first).addToData("b", "3").build()).update());

    assertThat(refusal.getCode()).isEqualTo(409);
    assertThat(refusal.getStatus().getMessage())
        .isEqualTo(
            "Operation cannot be fulfilled on configmaps \"stale\": the object has been modified;"
                + " please apply your changes to the latest version and try again");
  }

  @Test
  void namesAreGenerated() {
    ConfigMap named =
        client
            .resource(
                new ConfigMapBuilder()
                    .withNewMetadata()
                    .withNamespace(namespace)
                    .withGenerateName("some-")
                    .endMetadata()
                    .build())
            .create();

    assertThat(named.getMetadata().getName()).matches("some-[a-z0-9]{5}");
  }

  @Test
  void patchesOfEachKind() {
    client.resource(config("patched", Map.of())).create();
    var resource = client.configMaps().inNamespace(namespace).withName("patched");

    resource.patch(
        PatchContext.of(PatchType.JSON), "[{\"op\":\"add\",\"path\":\"/data/b\",\"value\":\"2\"}]");
    resource.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"a\":null,\"c\":\"3\"}}");
    ConfigMap after =
        resource.patch(
            PatchContext.of(PatchType.STRATEGIC_MERGE),
            "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}");

    assertThat(after.getData()).isEqualTo(Map.of("b", "2", "c", "3"));
    assertThat(after.getMetadata().getLabels()).isEqualTo(Map.of("x", "y"));
  }

  @Test
  void whoManagesWhatCanBePatched() {
    client.resource(config("disowned", Map.of("a", "1"))).create();
    var resource = client.configMaps().inNamespace(namespace).withName("disowned");
    assertThat(resource.get().getMetadata().getManagedFields()).hasSize(1);

    ConfigMap after =
        resource.patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"replace\",\"path\":\"/metadata/managedFields/0/manager\",\"value\":\"other\"}]");

    assertThat(after.getData()).isEqualTo(Map.of("a", "1"));
    assertThat(after.getMetadata().getManagedFields())
        .singleElement()
        .satisfies(entry -> assertThat(entry.getManager()).isEqualTo("other"));
  }

  @Test
  void aStrategicPatchFindsListElementsByTheirKey() {
    create(STATEFUL_SET.formatted("strategic"));
    var after =
        client
            .apps()
            .statefulSets()
            .inNamespace(namespace)
            .withName("strategic")
            .patch(
                PatchContext.of(PatchType.STRATEGIC_MERGE),
                """
                {"spec": {"template": {"spec": {"containers": [
                  {"name": "main", "image": "db:2"}, {"name": "side", "image": "side:1"}]}}}}
                """);

    var containers = after.getSpec().getTemplate().getSpec().getContainers();
    assertThat(containers).extracting("image").containsExactlyInAnyOrder("db:2", "side:1");
    var main =
        containers.stream().filter(c -> c.getName().equals("main")).findFirst().orElseThrow();
    assertThat(main.getPorts()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tier=a | one,two",
        "tier!=a,set | three",
        "tier in (a, b),set | one,three,two",
        "tier notin (a),set | three",
        "extra,set | two",
        "!extra,set | one,three",
      })
  void labelsSelect(String selector, String names) {
    if (client.configMaps().inNamespace(namespace).withName("one").get() == null) {
      client.resource(config("one", Map.of("set", "", "tier", "a"))).create();
      client.resource(config("two", Map.of("set", "", "tier", "a", "extra", "1"))).create();
      client.resource(config("three", Map.of("set", "", "tier", "b"))).create();
    }

    var list =
        client.configMaps().inNamespace(namespace).withLabelSelector(selector).list().getItems();

    assertThat(list)
        .extracting(c -> c.getMetadata().getName())
        .containsExactlyInAnyOrder(names.split(","));
    assertThat(
            client
                .configMaps()
                .inAnyNamespace()
                .withField("metadata.namespace", namespace)
                .withField("metadata.name", "two")
                .list()
                .getItems())
        .hasSize(1);
  }

  private static final String STATEFUL_SET =
      """
      apiVersion: apps/v1
      kind: StatefulSet
      metadata: {name: %s}
      spec:
        replicas: 0
        serviceName: db
        selector: {matchLabels: {app: db}}
        template:
          metadata: {labels: {app: db}}
          spec:
            containers: [{name: main, image: "db:1", ports: [{containerPort: 5432}]}]
        volumeClaimTemplates:
        - metadata: {name: data}
          spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      """;

  private GenericKubernetesResource create(String yaml) {
    HasMetadata object = client.resource(yaml).item();
    object.getMetadata().setNamespace(namespace);
    client.resource(object).create();
    return get(object.getApiVersion(), object.getKind(), object.getMetadata().getName());
  }

  private GenericKubernetesResource get(String apiVersion, String kind, String name) {
    return client
        .genericKubernetesResources(apiVersion, kind)
        .inNamespace(namespace)
        .withName(name)
        .get();
  }

  private List<StatusCause> causesOfChanging(
      GenericKubernetesResource object, Consumer<Map<String, Object>> spec) {
    object.getMetadata().setResourceVersion(null);
    Map<String, Object> map = object.get("spec");
    spec.accept(map);
    var refusal = refusal(() -> client.resource(object).update());
    assertThat(refusal).as("a change of what cannot change").isNotNull();
    assertThat(refusal.getCode()).isEqualTo(422);
    return refusal.getStatus().getDetails().getCauses();
  }

  @Test
  void mostOfAStatefulSetCannotChange() {
    var object = create(STATEFUL_SET.formatted("fixed"));

    assertThat(causesOfChanging(object, spec -> spec.put("serviceName", "other")))
        .singleElement()
        .satisfies(
            cause -> {
              assertThat(cause.getField()).isEqualTo("spec");
              assertThat(cause.getMessage())
                  .startsWith("Forbidden: updates to statefulset spec for fields other than");
            });
  }

  @Test
  void theTemplateOfAJobCannotChange() {
    var job =
        create(
            """
            apiVersion: batch/v1
            kind: Job
            metadata: {name: fixed}
            spec:
              suspend: true
              template:
                spec: {restartPolicy: OnFailure, containers: [{name: main, image: "job:1"}]}
            """);
    assertThat(job.<String>get("spec", "completionMode")).isEqualTo("NonIndexed");
    assertThat(job.<Integer>get("spec", "backoffLimit")).isEqualTo(6);
    assertThat(
            job.<String>get(
                "spec", "selector", "matchLabels", "batch.kubernetes.io/controller-uid"))
        .isEqualTo(job.getMetadata().getUid());

    assertThat(causesOfChanging(job, spec -> spec.put("completionMode", "Indexed")))
        .extracting(StatusCause::getField)
        .contains("spec.completionMode");
  }

  @Test
  void anImmutableSecretStays() {
    client
        .resource(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: fixed, namespace: %s}
            immutable: true
            stringData: {a: b}
            """
                .formatted(namespace))
        .create();
    var secret = client.secrets().inNamespace(namespace).withName("fixed");
    assertThat(secret.get().getData()).isEqualTo(Map.of("a", "Yg=="));

    var refusal =
        refusal(
            () ->
                secret.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"a\":\"Yw==\"}}"));

    assertThat(refusal.getStatus().getMessage())
        .isEqualTo(
            "Secret \"fixed\" is invalid: data: Forbidden: field is immutable when `immutable` is"
                + " set");
  }

  @Test
  void aClaimThatIsNotBoundCannotChange() {
    var claim =
        create(
            """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: fixed}
            spec:
              storageClassName: none-such
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: 1Gi}}
            """);
    assertThat(claim.<String>get("spec", "volumeMode")).isEqualTo("Filesystem");
    assertThat(claim.<String>get("status", "phase")).isEqualTo("Pending");

    assertThat(
            causesOfChanging(
                claim, spec -> spec.put("resources", Map.of("requests", Map.of("storage", "2Gi")))))
        .extracting(StatusCause::getField)
        .contains("spec");
  }

  @Test
  void aServiceKeepsItsAddress() {
    var service =
        create(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: fixed}
            spec: {selector: {app: x}, ports: [{port: 80}]}
            """);
    assertThat(service.<String>get("spec", "type")).isEqualTo("ClusterIP");
    assertThat(service.<Object>get("spec", "ports", 0))
        .isEqualTo(Map.of("port", 80, "protocol", "TCP", "targetPort", 80));

    service.getMetadata().setResourceVersion(null);
    Map<String, Object> spec = service.get("spec");
    spec.remove("clusterIPs");
    assertThat(causesOfChanging(service, s -> s.put("clusterIP", "10.96.77.77")))
        .extracting(StatusCause::getField)
        .contains("spec.clusterIPs[0]");
  }

  @Test
  void aSelectorMustSelect() {
    var refusal =
        refusal(
            () ->
                create(
                    """
                    apiVersion: apps/v1
                    kind: Deployment
                    metadata: {name: Wrong_Name}
                    spec:
                      selector: {matchLabels: {app: x}}
                      template:
                        metadata: {labels: {app: y}}
                        spec: {containers: [{name: main, image: "x:1"}]}
                    """));

    assertThat(refusal.getCode()).isEqualTo(422);
    assertThat(refusal.getStatus().getDetails().getCauses())
        .extracting(StatusCause::getField)
        .contains("metadata.name", "spec.template.metadata.labels");
  }
}
