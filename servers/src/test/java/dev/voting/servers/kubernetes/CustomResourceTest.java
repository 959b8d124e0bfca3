package dev.voting.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.voting.crd.VotingAppCrd;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Custom resources, by the example of a small CRD and of the product's own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CustomResourceTest {

  private static final PatchContext APPLY = as("test");

  private final Cluster cluster = new Cluster();
  private final KubernetesClient client = cluster.client();
  private CustomResourceDefinition crd;

  @BeforeAll
  void define() {
    client.resource(VotingAppCrd.read()).serverSideApply();
    try (var yaml = getClass().getResourceAsStream("gadgets.yaml")) {
      crd = client.apiextensions().v1().customResourceDefinitions().load(yaml).item();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    client.resource(crd).serverSideApply();
    for (String name : List.of(VotingAppCrd.NAME, crd.getMetadata().getName())) {
      client
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .withName(name)
          .waitUntilCondition(
              c ->
                  c != null
                      && c.getStatus() != null
                      && c.getStatus().getConditions().stream()
                          .anyMatch(
                              s ->
                                  s.getType().equals("Established")
                                      && s.getStatus().equals("True")),
              10,
              TimeUnit.SECONDS);
    }
    // A real server needs a moment more until the endpoint is there.
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(KubernetesClientException.class)
        .until(
            () -> client.genericKubernetesResources("test.voting.dev/v1", "Gadget").list() != null);
  }

  @AfterAll
  void close() {
    client.resource(crd).delete();
    cluster.close();
  }

  private static PatchContext as(String manager) {
    return new PatchContext.Builder()
        .withPatchType(PatchType.SERVER_SIDE_APPLY)
        .withFieldManager(manager)
        .withForce(true)
        .build();
  }

  private static GenericKubernetesResource gadget(String name, Map<String, Object> spec) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion("test.voting.dev/v1")
        .withKind("Gadget")
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .addToAdditionalProperties("spec", spec)
        .build();
  }

  private static GenericKubernetesResource votingApp(String name, Map<String, Object> spec) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion("voting.dev/v1alpha1")
        .withKind("VotingApp")
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .addToAdditionalProperties("spec", spec)
        .build();
  }

  private static KubernetesClientException refusal(ThrowingCallable call) {
    KubernetesClientException refusal = catchThrowableOfType(KubernetesClientException.class, call);
    assertThat(refusal).as("a refusal").isNotNull();
    return refusal;
  }

  @Test
  void defaultsAreFilledAndUnknownFieldsDropped() {
    String name = Cluster.uniqueName("defaults");
    var made = client.resource(gadget(name, Map.of("foo", 1, "part", Map.of()))).create();

    assertThat(made.<Object>get("spec")).isEqualTo(Map.of("size", 1, "part", Map.of("unit", "m")));
    assertThat(made.getMetadata().getGeneration()).isEqualTo(1);
  }

  @Test
  void aStrictWriteNamesUnknownFieldsAlsoThoseWithoutAValue() {
    String body =
        "{\"apiVersion\":\"test.voting.dev/v1\",\"kind\":\"Gadget\",\"metadata\":{\"name\":\"strict\"},"
            + "\"spec\":{\"size\":1,\"foo\":null}}";
    var refusal =
        refusal(
            () ->
                client.raw(
                    "/apis/test.voting.dev/v1/gadgets?fieldValidation=Strict", "POST", body));

    assertThat(refusal.getMessage()).contains("unknown field \"spec.foo\"");
  }

  @Test
  void whatBreaksTheSchemaIsRefusedWithEveryCause() {
    var refusal =
        refusal(
            () ->
                client
                    .resource(gadget("broken", Map.of("size", 11, "part", Map.of("unit", "x"))))
                    .create());

    assertThat(refusal.getCode()).isEqualTo(422);
    assertThat(refusal.getStatus().getReason()).isEqualTo("Invalid");
    assertThat(refusal.getStatus().getMessage())
        .startsWith("Gadget.test.voting.dev \"broken\" is invalid: [");
    assertThat(refusal.getStatus().getDetails().getCauses())
        .extracting(StatusCause::getField, StatusCause::getMessage)
        .contains(
            tuple(
                "spec.size",
                "Invalid value: 11: spec.size in body should be less than or equal to 10"),
            tuple("spec.part.unit", "Unsupported value: \"x\": supported values: \"m\", \"kg\""));
  }

  @Test
  void rulesAreRunOnChangesToo() {
    String name = Cluster.uniqueName("rules");
    client.resource(gadget(name, Map.of("size", 5))).patch(APPLY);

    var refusal = refusal(() -> client.resource(gadget(name, Map.of("size", 4))).patch(APPLY));

    assertThat(refusal.getStatus().getMessage())
        .isEqualTo(
            "Gadget.test.voting.dev \"%s\" is invalid: spec.size: Invalid value: 4: size cannot shrink"
                .formatted(name));
  }

  @Test
  void listsOfTypeMapAreMergedByTheirKeys() {
    String name = Cluster.uniqueName("merge");
    client
        .resource(gadget(name, Map.of("items", List.of(Map.of("name", "a", "value", "1")))))
        .patch(APPLY);
    PatchContext other = as("other");
    var merged =
        client
            .resource(gadget(name, Map.of("items", List.of(Map.of("name", "b", "value", "2")))))
            .patch(other);
    assertThat(merged.<List<?>>get("spec", "items")).hasSize(2);

    var left = client.resource(gadget(name, Map.of())).patch(APPLY);

    assertThat(left.<Object>get("spec", "items"))
        .isEqualTo(List.of(Map.of("name", "b", "value", "2")));
  }

  @Test
  void theStatusIsWrittenBesideTheSpec() {
    String name = Cluster.uniqueName("status");
    var spec = gadget(name, Map.of("size", 2));
    spec.setAdditionalProperty("status", Map.of("phase", "ignored"));
    var made = client.resource(spec).patch(APPLY);
    assertThat(made.<Object>get("status")).isNull();

    var status = gadget(name, Map.of("size", 9));
    status.setAdditionalProperty("status", Map.of("phase", "Ready"));
    var after = client.resource(status).subresource("status").patch(APPLY);

    assertThat(after.<String>get("status", "phase")).isEqualTo("Ready");
    assertThat(after.<Integer>get("spec", "size")).isEqualTo(2);
    assertThat(after.getMetadata().getGeneration()).isEqualTo(1);
    var again = client.resource(status).subresource("status").patch(APPLY);
    assertThat(again.getMetadata().getResourceVersion())
        .isEqualTo(after.getMetadata().getResourceVersion());
    var bigger = client.resource(gadget(name, Map.of("size", 3))).patch(APPLY);
    assertThat(bigger.<String>get("status", "phase")).isEqualTo("Ready");
    assertThat(bigger.getMetadata().getGeneration()).isEqualTo(2);
  }

  @Test
  void aPatchOfTheStatusIsBoundToARevisionAndToNoUid() {
    String name = Cluster.uniqueName("bound");
    client.resource(gadget(name, Map.of("size", 2))).create();
    var status = gadget(name, Map.of());
    status.setAdditionalProperty("status", Map.of("phase", "Ready"));

    status.getMetadata().setUid("another");
    var patched = client.resource(status).subresource("status").patch(APPLY);
    assertThat(patched.<String>get("status", "phase")).isEqualTo("Ready");

    status.getMetadata().setUid(null);
    status.getMetadata().setResourceVersion("1");
    var refusal = refusal(() -> client.resource(status).subresource("status").patch(APPLY));
    assertThat(refusal.getCode()).isEqualTo(409);
    assertThat(refusal.getMessage()).contains("the object has been modified");
  }

  @Test
  void theProductsOwnKindIsJudgedByItsOwnRules() {
    var refusal =
        refusal(
            () ->
                client
                    .resource(
                        votingApp(
                            "bad.two", Map.of("postgres", Map.of("storage", Map.of("size", "0")))))
                    .create());

    assertThat(refusal.getStatus().getDetails().getCauses())
        .extracting(StatusCause::getField, StatusCause::getMessage)
        .containsExactlyInAnyOrder(
            tuple(
                "<nil>",
                "Invalid value: metadata.name must not contain a dot, because it prefixes the names"
                    + " of namespaces: use a dash instead"),
            tuple(
                "spec.postgres.storage.size",
                "Invalid value: size must be 128Mi at least, such as 1Gi: a plain number is bytes,"
                    + " and m means thousandths"));
  }

  /** What is read has the defaults of the definition in force, not of the one it was written by. */
  @Test
  void anObjectHasTheDefaultsOfADefinitionThatCameAfterIt() {
    String name = Cluster.uniqueName("older");
    client.resource(gadget(name, Map.of("size", 2))).patch(APPLY);
    var definition = client.apiextensions().v1().customResourceDefinitions();

    definition
        .withName(crd.getMetadata().getName())
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"add\",\"path\":\"/spec/versions/0/schema/openAPIV3Schema/properties/spec"
                + "/properties/colour\",\"value\":{\"type\":\"string\",\"default\":\"red\"}}]");

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(read(name).<String>get("spec", "colour"))
                    .as("by the newer definition")
                    .isEqualTo("red"));
    definition
        .withName(crd.getMetadata().getName())
        .patch(
            PatchContext.of(PatchType.JSON),
            "[{\"op\":\"remove\",\"path\":\"/spec/versions/0/schema/openAPIV3Schema/properties/spec"
                + "/properties/colour\"}]");
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(read(name).<Object>get("spec", "colour")).as("unknown").isNull());
  }

  private GenericKubernetesResource read(String name) {
    return client.genericKubernetesResources("test.voting.dev/v1", "Gadget").withName(name).get();
  }
}
