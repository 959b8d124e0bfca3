package dev.voting.operator.blueprint;

import dev.voting.crd.AutoscalingSpec;
import dev.voting.crd.StorageSpec;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import java.util.ArrayList;
import java.util.List;

/** The objects around a pod template that several components share. */
public final class Workloads {

  /**
   * The collector that is at home in little memory, half of which is the heap at most; a heap that
   * starts small and shrinks again, and small object headers; and an end rather than a limp when it
   * is full, so that Kubernetes restarts it.
   */
  public static final String JAVA_OPTIONS =
      "-XX:+UseSerialGC -Xms24m -XX:MaxRAMPercentage=50 -XX:MinHeapFreeRatio=20"
          + " -XX:MaxHeapFreeRatio=40 -XX:-ShrinkHeapInSteps -XX:+UseCompactObjectHeaders"
          + " -XX:+ExitOnOutOfMemoryError";

  /**
   * Where the API server knows {@code maxUnavailable}, a StatefulSet's only pod that is not ready
   * uses up a limit of one, and is never replaced.
   */
  private static final int MORE_THAN_ONE = 2;

  private Workloads() {}

  /** One pod with one volume, in the data namespace. */
  public static HasMetadata statefulSet(
      BlueprintContext context, String component, StorageSpec storage, PodTemplateSpec template) {
    return new StatefulSetBuilder()
        .withMetadata(context.metadata(component, context.names().dataNamespace(), component))
        .withNewSpec()
        .withServiceName(component)
        .withReplicas(1)
        .withNewSelector()
        .withMatchLabels(context.selector(component))
        .endSelector()
        // In order, a pod that is not ready would keep its successor with a corrected template
        // away.
        .withPodManagementPolicy("Parallel")
        .withNewUpdateStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withPartition(0)
        .withMaxUnavailable(new IntOrString(MORE_THAN_ONE))
        .endRollingUpdate()
        .endUpdateStrategy()
        .withTemplate(template)
        .withNewPersistentVolumeClaimRetentionPolicy()
        .withWhenDeleted("Retain")
        .withWhenScaled("Retain")
        .endPersistentVolumeClaimRetentionPolicy()
        .addNewVolumeClaimTemplate()
        .withNewMetadata()
        .withName("data")
        .withLabels(context.podLabels(component))
        .endMetadata()
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withStorageClassName(storage.storageClassName())
        .withNewResources()
        .addToRequests("storage", storage.size())
        .endResources()
        .endSpec()
        .endVolumeClaimTemplate()
        .endSpec()
        .build();
  }

  /**
   * Gives the pod of a StatefulSet its name. Ready or not: a full server is reported by its pod's
   * readiness, and must stay within reach of those who empty it; and a new pod is found as soon as
   * it has an address.
   */
  public static HasMetadata headlessService(
      BlueprintContext context, String component, String portName, int port) {
    return new ServiceBuilder()
        .withMetadata(context.metadata(component, context.names().dataNamespace(), component))
        .withNewSpec()
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true)
        .withSelector(context.selector(component))
        .addNewPort()
        .withName(portName)
        .withPort(port)
        .withNewTargetPort(portName)
        .endPort()
        .endSpec()
        .build();
  }

  /**
   * A Deployment with its Service, and, as the spec asks for them, an autoscaler and a disruption
   * budget.
   *
   * @param autoscaling null for a fixed number of replicas
   */
  public static List<HasMetadata> served(
      BlueprintContext context,
      String component,
      String namespace,
      int port,
      int replicas,
      AutoscalingSpec autoscaling,
      PodTemplateSpec template) {
    var objects = new ArrayList<HasMetadata>();
    objects.add(
        new ServiceBuilder()
            .withMetadata(context.metadata(component, namespace, component))
            .withNewSpec()
            .withSelector(context.selector(component))
            .addNewPort()
            .withName("http")
            .withPort(port)
            .withNewTargetPort("http")
            .endPort()
            .endSpec()
            .build());
    objects.add(
        new DeploymentBuilder()
            .withMetadata(context.metadata(component, namespace, component))
            .withNewSpec()
            // With an autoscaler the number of replicas is its field, not ours.
            .withReplicas(autoscaling == null ? replicas : null)
            .withNewSelector()
            .withMatchLabels(context.selector(component))
            .endSelector()
            .withNewStrategy()
            .withType("RollingUpdate")
            .withNewRollingUpdate()
            .withNewMaxSurge(1)
            .withNewMaxUnavailable(0)
            .endRollingUpdate()
            .endStrategy()
            .withTemplate(template)
            .endSpec()
            .build());
    if (autoscaling != null) {
      objects.add(autoscaler(context, component, namespace, autoscaling));
    }
    if (autoscaling == null ? replicas > 1 : autoscaling.maxReplicas() > 1) {
      objects.add(disruptionBudget(context, component, namespace));
    }
    return objects;
  }

  private static HasMetadata autoscaler(
      BlueprintContext context, String component, String namespace, AutoscalingSpec autoscaling) {
    return new HorizontalPodAutoscalerBuilder()
        .withMetadata(context.metadata(component, namespace, component))
        .withNewSpec()
        .withNewScaleTargetRef("apps/v1", "Deployment", component)
        .withMinReplicas(autoscaling.minReplicas())
        .withMaxReplicas(autoscaling.maxReplicas())
        .addNewMetric()
        .withType("Resource")
        .withNewResource()
        .withName("cpu")
        .withNewTarget()
        .withType("Utilization")
        .withAverageUtilization(autoscaling.targetCPUUtilizationPercentage())
        .endTarget()
        .endResource()
        .endMetric()
        .endSpec()
        .build();
  }

  private static HasMetadata disruptionBudget(
      BlueprintContext context, String component, String namespace) {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(context.metadata(component, namespace, component))
        .withNewSpec()
        .withNewMaxUnavailable(1)
        .withNewSelector()
        .withMatchLabels(context.selector(component))
        .endSelector()
        .endSpec()
        .build();
  }
}
