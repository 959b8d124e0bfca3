package dev.voting.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.client.utils.Serialization;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionalKindsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "v1; true; ; {conditions: [{type: Established, status: 'True'}]}; true",
        "v1; true; ; {conditions: [{type: Established, status: 'False'}]}; false",
        "v1; true; ; {conditions: [{type: NamesAccepted, status: 'True'}]}; false",
        // As a real API server lists one that was just created.
        "v1; true; ; {conditions: null, storedVersions: null}; false",
        "v1; true; ; null; false",
        "v1; false; ; {conditions: [{type: Established, status: 'True'}]}; false",
        "v1beta1; true; ; {conditions: [{type: Established, status: 'True'}]}; false",
        "v1; true; deletionTimestamp: '2026-01-01T00:00:00Z'; {conditions: [{type: Established,"
            + " status: 'True'}]}; false"
      })
  void aKindIsServedOnceItsCrdIsEstablishedAndAsLongAsItStays(
      String version, boolean offered, String metadata, String status, boolean served) {
    var crd =
        Serialization.unmarshal(
            "---\n{spec: {versions: [{name: %s, served: %s}]}, metadata: {%s}, status: %s}"
                .formatted(version, offered, metadata == null ? "" : metadata, status),
            CustomResourceDefinition.class);
    assertThat(OptionalKinds.isServed(crd, HTTPRoute.class)).isEqualTo(served);
  }
}
