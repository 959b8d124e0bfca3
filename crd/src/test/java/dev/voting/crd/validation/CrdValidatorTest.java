package dev.voting.crd.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages here are those of a real API server for the same objects. */
class CrdValidatorTest {

  private final CrdValidator validator = CrdValidator.of(VotingAppCrd.read(), VotingApp.VERSION);

  private static ObjectNode app(String name, String spec) {
    return Serialization.unmarshal(
        """
        {"apiVersion": "voting.dev/v1alpha1", "kind": "VotingApp", "metadata": {"name": "%s"},
         "spec": %s}
        """
            .formatted(name, spec),
        ObjectNode.class);
  }

  private ObjectNode defaulted(String spec) {
    return validator.defaulted(app("voting", spec));
  }

  @Test
  void anEmptySpecIsDefaultedAndValid() {
    ObjectNode object = defaulted("{}");

    assertThat(object.at("/spec/redis/maxMemory").asText()).isEqualTo("200mb");
    assertThat(object.at("/spec/consumer/workload").asText()).isEqualTo("Job");
    assertThat(validator.validate(object)).isEmpty();
  }

  @Test
  void everythingWrongWithTheSchemaIsNamedAtOnce() {
    ObjectNode object =
        validator.defaulted(
            app(
                "bad.one",
                """
                {"api": {"replicas": 500, "image": "a b"},
                 "consumer": {"workload": "Pod", "batchSize": 0},
                 "postgres": {"storage": {"size": true}},
                 "secrets": {"postgres": {"passwordSecretRef": {"name": "x"}}},
                 "exposure": []}
                """));

    assertThat(validator.validate(object))
        .extracting(Violation::toString)
        .containsExactlyInAnyOrder(
            "spec.api.replicas: Invalid value: 500: spec.api.replicas in body should be less than"
                + " or equal to 100",
            "spec.api.image: Invalid value: \"a b\": spec.api.image in body should match"
                + " '^[a-zA-Z0-9][-a-zA-Z0-9._/:]*(@sha256:[a-f0-9]{64})?$'",
            "spec.consumer.workload: Unsupported value: \"Pod\": supported values: \"Deployment\","
                + " \"Job\"",
            "spec.consumer.batchSize: Invalid value: 0: spec.consumer.batchSize in body should be"
                + " greater than or equal to 1",
            "spec.postgres.storage.size: Invalid value: \"boolean\": spec.postgres.storage.size in"
                + " body must be of type integer,string: \"boolean\"",
            "spec.secrets.postgres.passwordSecretRef.key: Required value",
            "spec.exposure: Invalid value: \"array\": spec.exposure in body must be of type"
                + " object: \"array\"",
            "<nil>: Invalid value: null: some validation rules were not checked because the object"
                + " was invalid; correct the existing errors to complete validation");
  }

  @Test
  void rulesSpeakOnceTheSchemaIsRight() {
    ObjectNode object =
        validator.defaulted(
            app(
                "bad.two",
                """
                {"api": {"autoscaling": {"minReplicas": 5, "maxReplicas": 3},
                         "corsOrigins": ["x/"]},
                 "postgres": {"storage": {"size": "0"}}}
                """));

    assertThat(validator.validate(object))
        .extracting(Violation::toString)
        .containsExactlyInAnyOrder(
            "<nil>: Invalid value: metadata.name must not contain a dot, because it prefixes the"
                + " names of namespaces: use a dash instead",
            "spec.api.corsOrigins: Invalid value: an origin is a scheme and a host, such as"
                + " https://vote.example.org, with no path and no slash at its end; * allows every"
                + " origin",
            "spec.api.autoscaling.minReplicas: Invalid value: minReplicas must not be greater than"
                + " maxReplicas: lower it or raise maxReplicas",
            "spec.postgres.storage.size: Invalid value: size must be 128Mi at least, such as 1Gi: a"
                + " plain number is bytes, and m means thousandths");
  }

  @Test
  void tlsSaysOnlyWhatHasAnEffect() {
    assertThat(
            validator.validate(
                defaulted(
                    "{\"tls\": {\"enabled\": true, \"issuerRef\": {\"name\": \"ca\"}},"
                        + " \"postgres\": {\"external\": {\"secretName\": \"pg\"}}}")))
        .isEmpty();
    assertThat(validator.validate(defaulted("{\"tls\": {\"issuerRef\": {\"name\": \"ca\"}}}")))
        .extracting(Violation::toString)
        .containsExactly(
            "spec.tls.issuerRef: Invalid value: an issuer does nothing while TLS is off: set enabled"
                + " to true, or leave issuerRef out");
    assertThat(
            validator.validate(
                defaulted(
                    "{\"tls\": {\"enabled\": true}, \"redis\": {\"external\": {\"secretName\":"
                        + " \"r\"}}, \"postgres\": {\"external\": {\"secretName\": \"p\"}}}")))
        .extracting(Violation::toString)
        .containsExactly(
            "spec.tls: Invalid value: both servers are external, and their URIs configure"
                + " TLS (sslmode=verify-full, rediss://): leave tls out");
  }

  @Test
  void transitionRulesCompareWithWhatWas() {
    CustomResourceDefinition crd = VotingAppCrd.read();
    crd.getSpec()
        .getVersions()
        .get(0)
        .getSchema()
        .getOpenAPIV3Schema()
        .getProperties()
        .get("spec")
        .getXKubernetesValidations()
        .add(
            new ValidationRuleBuilder()
                .withRule("self.api.replicas >= oldSelf.api.replicas")
                .withMessage("never less")
                .build());
    CrdValidator growing = CrdValidator.of(crd, VotingApp.VERSION);
    ObjectNode old = defaulted("{\"api\": {\"replicas\": 2}}");

    assertThat(growing.validate(defaulted("{\"api\": {\"replicas\": 3}}"), old)).isEmpty();
    assertThat(growing.validate(defaulted("{\"api\": {\"replicas\": 1}}"), old))
        .extracting(Violation::toString)
        .containsExactly("spec: Invalid value: never less");
  }

  @Test
  void whatIsWrongAlreadyDoesNotForbidOtherChanges() {
    ObjectNode old = defaulted("{\"api\": {\"replicas\": 500}}");
    ObjectNode changed = old.deepCopy();
    changed.withObject("/spec/consumer").put("replicas", 2);

    assertThat(validator.validate(changed, old)).isEmpty();
  }

  @Test
  void unknownFieldsAreFound() {
    assertThat(validator.unknownFields(app("voting", "{\"foo\": 1, \"api\": {\"bar\": 2}}")))
        .containsExactlyInAnyOrder("spec.foo", "spec.api.bar");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{exposure: {type: Gateway}} | spec.exposure.gateway",
        "{exposure: {type: Gateway, gateway: {}}} | spec.exposure.gateway",
        "{exposure: {gateway: {name: a}}} | spec.exposure.gateway.namespace",
        "{exposure: {gateway: {name: a, namespace: b, className: c}}} | spec.exposure.gateway",
        "{exposure: {gateway: {className: c, sectionName: s}}} | spec.exposure.gateway.sectionName",
        "{exposure: {tls: {}, gateway: {name: a, namespace: b, httpSectionName: h}}}"
            + " | spec.exposure.gateway.httpSectionName",
        "{exposure: {gateway: {name: a, namespace: b, sectionName: s, httpSectionName: h}}}"
            + " | spec.exposure.gateway.httpSectionName",
        "{exposure: {tls: {}}} | spec.exposure.tls",
        "{exposure: {host: 192.168.0.1}} | spec.exposure.host",
        "{exposure: {annotations: {'a b': c}}} | spec.exposure.annotations",
        "{exposure: {annotations: {nginx.ingress.kubernetes.io/server-snippet: x}}}"
            + " | spec.exposure.annotations",
        "{exposure: {annotations: {kubernetes.io/ingress.class: x}}} | spec.exposure.annotations",
        "{exposure: {annotations: {a: \"b\\nc\"}}} | spec.exposure.annotations.a",
        "{exposure: {className: a.b}} | spec.exposure.className",
        "{networkPolicies: {ingressPeers: [{namespaceLabels: {}}]}}"
            + " | spec.networkPolicies.ingressPeers[0].namespaceLabels",
        "{networkPolicies: {dns: [{namespaceLabels: {'a b': c}}]}}"
            + " | spec.networkPolicies.dns[0].namespaceLabels",
        "{api: {corsOrigins: ['https://a..b']}} | spec.api.corsOrigins",
        "{exposure: {trustedProxies: ['ingress']}} | spec.exposure.trustedProxies",
        "{exposure: {trustedProxies: ['10.0.0.0/40']}} | spec.exposure.trustedProxies",
        "{exposure: {trustedProxies: ['1::2::3']}} | spec.exposure.trustedProxies",
        "{exposure: {trustedProxies: ['1:2:3']}} | spec.exposure.trustedProxies",
        "{exposure: {trustedProxies: ['1:2:3:4:5:6:7:8:9']}} | spec.exposure.trustedProxies",
        "{exposure: {trustedProxies: ['fd00::/129']}} | spec.exposure.trustedProxies",
        "{exposure: {trustedHops: 1, trustedProxies: ['10.0.0.1']}} | spec.exposure.trustedProxies",
        "{api: {corsOrigins: ['https://a.123']}} | spec.api.corsOrigins",
        "{api: {resources: {limits: {cpu: -1}}}} | spec.api.resources.limits.cpu"
      })
  void whatWouldBecomeAnInvalidObjectIsRefused(String spec, String field) {
    var object = Serialization.unmarshal("---\n" + spec, ObjectNode.class);
    assertThat(validator.validate(defaulted(object.toString())))
        .extracting(Violation::field)
        .contains(field);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{exposure: {type: Gateway, gateway: {name: a, namespace: b}, tls: {}}}",
        "{exposure: {type: Gateway, gateway: {className: c}, tls: {secretName: t}}}",
        "{exposure: {className: a.b}, networkPolicies: {ingressPeers: [{namespaceLabels: {a: b}}]}}",
        "{exposure: {annotations: {cert-manager.io/cluster-issuer: 'Ü, \"quoted\"'}}}",
        "{redis: {maxMemory: 4MB, resources: {limits: {memory: 16Mi}}}}",
        "{redis: {maxMemory: '200000000'}}",
        "{redis: {maxMemory: 100gb, resources: {}}}",
        "{redis: {maxMemory: 100gb, external: {secretName: r}}}",
        "{redis: {maxMemory: 1g, resources: {limits: {memory: 1250M}}}}",
        "{postgres: {storage: {size: 128Mi, storageClassName: ''}}}",
        "{api: {resources: {limits: {memory: 100663296}}}}",
        "{exposure: {trustedHops: 2}}",
        "{exposure: {trustedProxies: ['192.0.2.7', '10.1.0.0/16', 'fd00::/8']}}",
        "{exposure: {trustedProxies: ['::', '::1', '1:2:3:4:5:6:7:8', '1::8', '1:2::7:8/64']}}",
        "{api: {corsOrigins: ['https://A-b.example.org:8443', 'http://10.0.0.1', '*']}}"
      })
  void whatIsRightIsTaken(String spec) {
    var object = Serialization.unmarshal("---\n" + spec, ObjectNode.class);
    assertThat(validator.validate(defaulted(object.toString()))).isEmpty();
  }

  @Test
  void aFieldThatIsNullCountsAsLeftOut() {
    ObjectNode object = defaulted("{\"api\": {\"image\": null, \"replicas\": null}}");
    assertThat(validator.validate(object)).isEmpty();
    assertThat(object.at("/spec/api").has("image")).isFalse();
    assertThat(object.at("/spec/api/replicas").asInt()).isEqualTo(1);
    assertThat(
            validator.validate(defaulted("{\"postgres\": {\"external\": {\"secretName\": null}}}")))
        .extracting(Violation::toString)
        .contains("spec.postgres.external.secretName: Required value");
  }

  /** As by an API server, which does not repeat megabytes either. */
  @Test
  void aTextThatIsTooLongIsNotJudgedFurther() {
    var object = defaulted("{\"exposure\": {\"host\": \"" + "A".repeat(5_000_000) + "\"}}");
    assertThat(validator.validate(object))
        .extracting(Violation::toString)
        .contains("spec.exposure.host: Too long: may not be more than 253 bytes")
        .hasSize(2);
  }

  @Test
  void anInfiniteNumberIsNone() {
    var object = defaulted("{}");
    object.withObject("/spec/api").put("replicas", Double.POSITIVE_INFINITY);
    assertThat(validator.validate(object))
        .extracting(Violation::field)
        .contains("spec.api.replicas");
  }
}
