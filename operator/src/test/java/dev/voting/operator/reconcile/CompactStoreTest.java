package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import org.junit.jupiter.api.Test;

class CompactStoreTest {

  private final CompactStore<ConfigMap> store = new CompactStore<>(new Sharing());

  /** As read from the API server: every time an object of its own. */
  private static ConfigMap read(String name) {
    return new KubernetesSerialization()
        .unmarshal(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: %s
              namespace: voting-data
              uid: uid-of-%1$s
              managedFields:
                - manager: votingapp-operator
                  operation: Apply
                  fieldsType: FieldsV1
                  fieldsV1: {"f:data": {"f:page": {}, "f:style": {}}, "f:metadata": {"f:labels": {}}}
                - manager: somebody-else
                  operation: Update
                  fieldsType: FieldsV1
                  fieldsV1: {"f:data": {"f:theirs": {}}}
            data: {page: "a long page", theirs: "1"}
            """
                .formatted(name),
            ConfigMap.class);
  }

  private ConfigMap stored(String name) {
    store.put("voting-data/" + name, read(name));
    return store.get("voting-data/" + name);
  }

  @Test
  void holdsOnceWhatIsEqual() {
    var one = stored("one");
    var other = stored("other");
    assertThat(other.getData().get("page")).isSameAs(one.getData().get("page"));
    var fields = one.getMetadata().getManagedFields().getFirst().getFieldsV1();
    assertThat(other.getMetadata().getManagedFields().getFirst().getFieldsV1())
        .satisfies(
            shared ->
                assertThat(shared.getAdditionalProperties())
                    .isSameAs(fields.getAdditionalProperties()));
  }

  @Test
  void losesNothingThatTellsWhatTheOperatorOwns() {
    var stored = stored("one");
    assertThat(OwnedFields.digest(stored)).isPresent().isEqualTo(OwnedFields.digest(read("one")));
    assertThat(stored.getMetadata().getManagedFields())
        .extracting(entry -> entry.getManager())
        .containsExactly("votingapp-operator", "somebody-else");
    var changed = read("one");
    changed.getData().put("page", "changed by hand");
    store.put("voting-data/one", changed);
    assertThat(OwnedFields.digest(store.get("voting-data/one")))
        .isNotEqualTo(OwnedFields.digest(read("one")));
  }

  @Test
  void forgetsWhatOthersOwn() {
    assertThat(stored("one").getMetadata().getManagedFields().getLast().getFieldsV1()).isNull();
  }
}
