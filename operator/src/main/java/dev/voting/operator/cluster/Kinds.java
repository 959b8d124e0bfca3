package dev.voting.operator.cluster;

import dev.voting.operator.certmanager.Certificate;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.Gateway;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.Ingress;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import java.util.List;
import java.util.stream.Stream;

/** The kinds of object that the operator handles. */
public final class Kinds {
  /** Each of these may have a mebibyte. */
  private static final long FEW = 10;

  private static final long MANY = 100;

  private Kinds() {}

  /** Kinds that blueprints hold, and so are applied and pruned; every cluster serves them. */
  public static final List<Class<? extends HasMetadata>> MANAGED =
      List.of(
          Namespace.class,
          Secret.class,
          ConfigMap.class,
          ServiceAccount.class,
          Service.class,
          StatefulSet.class,
          Deployment.class,
          Job.class,
          HorizontalPodAutoscaler.class,
          PodDisruptionBudget.class,
          NetworkPolicy.class,
          Ingress.class);

  /** Managed kinds that only a cluster with the Gateway API, or with cert-manager, serves. */
  public static final List<Class<? extends HasMetadata>> OPTIONAL =
      List.of(Gateway.class, HTTPRoute.class, Certificate.class);

  /** Kinds that Kubernetes makes of ours, watched to report how they are. */
  public static final List<Class<? extends HasMetadata>> OBSERVED =
      List.of(Pod.class, PersistentVolumeClaim.class);

  /**
   * Whether an object is of a kind that blueprints hold.
   *
   * @param object of any kind
   */
  public static boolean isManaged(HasMetadata object) {
    return Stream.concat(MANAGED.stream(), OPTIONAL.stream())
        .anyMatch(kind -> kind.isInstance(object));
  }

  /**
   * How many objects are asked for at a time: what is large, and what anybody may have made, does
   * not come all at once.
   */
  public static long pageOf(Class<? extends HasMetadata> kind) {
    return kind == Secret.class || kind == ConfigMap.class ? FEW : MANY;
  }
}
