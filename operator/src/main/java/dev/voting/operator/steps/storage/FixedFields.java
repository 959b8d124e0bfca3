package dev.voting.operator.steps.storage;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What cannot change in a StatefulSet. Where it is to change, the StatefulSet is deleted, its pods
 * left running, and re-created: the new one adopts them.
 *
 * @param claims of the claim templates, which are immutable as a whole, the parts that we set
 */
public record FixedFields(
    LabelSelector selector, String serviceName, String podManagementPolicy, List<Claim> claims) {

  private record Claim(
      String name,
      Map<String, String> labels,
      List<String> accessModes,
      String storageClassName,
      Map<String, Quantity> requests) {

    public static Claim of(PersistentVolumeClaim template) {
      return new Claim(
          template.getMetadata().getName(),
          template.getMetadata().getLabels(),
          template.getSpec().getAccessModes(),
          template.getSpec().getStorageClassName(),
          template.getSpec().getResources().getRequests());
    }
  }

  public static FixedFields of(StatefulSet set) {
    var spec = set.getSpec();
    return new FixedFields(
        spec.getSelector(),
        spec.getServiceName(),
        spec.getPodManagementPolicy(),
        spec.getVolumeClaimTemplates().stream().map(Claim::of).toList());
  }

  /** Whether a StatefulSet can only become another one by being re-created. */
  static boolean differ(StatefulSet desired, StatefulSet actual) {
    return !of(desired).equals(of(actual));
  }

  /** The object in a form that the actual one can be changed to in place. */
  public static HasMetadata changeable(HasMetadata desired, Optional<HasMetadata> actual) {
    return desired instanceof StatefulSet set
            && actual.orElse(null) instanceof StatefulSet before
            && differ(set, before)
        ? copied(before, set)
        : desired;
  }

  /** The object as it is once it is re-created. */
  public static HasMetadata recreated(HasMetadata applied, HasMetadata desired) {
    return applied instanceof StatefulSet set
            && desired instanceof StatefulSet wanted
            && differ(wanted, set)
        ? copied(wanted, set)
        : applied;
  }

  private static StatefulSet copied(StatefulSet from, StatefulSet to) {
    return new StatefulSetBuilder(to)
        .editSpec()
        .withSelector(from.getSpec().getSelector())
        .withServiceName(from.getSpec().getServiceName())
        .withPodManagementPolicy(from.getSpec().getPodManagementPolicy())
        .withVolumeClaimTemplates(
            copied(
                from.getSpec().getVolumeClaimTemplates(), to.getSpec().getVolumeClaimTemplates()))
        .endSpec()
        .build();
  }

  /** What the server filled in stays. */
  private static List<PersistentVolumeClaim> copied(
      List<PersistentVolumeClaim> from, List<PersistentVolumeClaim> to) {
    return from.size() != to.size()
        ? from
        : IntStream.range(0, to.size()).mapToObj(i -> copied(from.get(i), to.get(i))).toList();
  }

  private static PersistentVolumeClaim copied(
      PersistentVolumeClaim from, PersistentVolumeClaim to) {
    return new PersistentVolumeClaimBuilder(to)
        .editMetadata()
        .withName(from.getMetadata().getName())
        .withLabels(from.getMetadata().getLabels())
        .endMetadata()
        .editSpec()
        .withAccessModes(from.getSpec().getAccessModes())
        .withStorageClassName(from.getSpec().getStorageClassName())
        .editResources()
        .withRequests(from.getSpec().getResources().getRequests())
        .endResources()
        .endSpec()
        .build();
  }
}
