package dev.voting.operator.reconcile;

import dev.voting.operator.blueprint.Names;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;

/**
 * What an informer remembers, in a fraction of the memory. One VotingApp is much like another: the
 * field sets that the API server keeps of our objects, and the files in ConfigMaps, are held once.
 * Of other managers' field sets, which nothing here reads, only the names are kept.
 */
final class CompactStore<T extends HasMetadata> extends BasicItemStore<T> {

  private final Sharing sharing;

  /**
   * @param sharing common to all that may hold equal things
   */
  CompactStore(Sharing sharing) {
    super(Cache::metaNamespaceKeyFunc);
    this.sharing = sharing;
  }

  /** The object has just been read, and nobody else has it yet. */
  @Override
  public T put(String key, T object) {
    object.getMetadata().getManagedFields().forEach(this::compact);
    if (object instanceof ConfigMap configMap && configMap.getData() != null) {
      configMap.getData().replaceAll((file, content) -> sharing.share(content));
    }
    return super.put(key, object);
  }

  private void compact(ManagedFieldsEntry entry) {
    var fields = entry.getFieldsV1();
    if (fields == null) {
      return;
    }
    if (Names.OPERATOR.equals(entry.getManager())) {
      fields.setAdditionalProperties(sharing.shareTree(fields.getAdditionalProperties()));
    } else {
      entry.setFieldsV1(null);
    }
  }
}
