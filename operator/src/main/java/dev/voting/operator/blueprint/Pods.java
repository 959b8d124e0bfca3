package dev.voting.operator.blueprint;

import dev.voting.crd.ComputeResources;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What all pods have in common, so that each satisfies Pod Security "restricted". */
public final class Pods {
  private static final ComputeResources HELPER_RESOURCES =
      new ComputeResources(
          new ComputeResources.Amounts(new Quantity("10m"), new Quantity("16Mi")),
          new ComputeResources.Amounts(new Quantity("100m"), new Quantity("64Mi")));

  private Pods() {}

  /** A pod that runs as the given user, with no token of its service account. */
  public static PodSpecBuilder pod(String component, long user) {
    return new PodSpecBuilder()
        .withServiceAccountName(component)
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(user)
        .withRunAsGroup(user)
        .withFsGroup(user)
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext();
  }

  /** A container that can gain no privilege and write nowhere but to its mounts. */
  public static ContainerBuilder container(
      String component, String image, ComputeResources resources) {
    return new ContainerBuilder()
        .withName(component)
        .withImage(image)
        .withImagePullPolicy(pullPolicy(image))
        .withResources(requirements(resources))
        // What a container said at last is what the operator reports of its end.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext();
  }

  /**
   * What Kubernetes itself would choose, but chosen for each image: its own choice stays for good
   * once the image has become another.
   */
  static String pullPolicy(String image) {
    if (image.contains("@")) {
      return "IfNotPresent";
    }
    // A colon before the last slash is that of the registry's port.
    var name = image.substring(image.lastIndexOf('/') + 1);
    return !name.contains(":") || name.endsWith(":latest") ? "Always" : "IfNotPresent";
  }

  /** A container beside a server that does next to nothing but run a script of its ConfigMap. */
  public static ContainerBuilder helper(String name, String image, String script) {
    return container(name, image, HELPER_RESOURCES).withCommand("sh", script);
  }

  public static ServiceAccount serviceAccount(
      BlueprintContext context, String component, String namespace) {
    return new ServiceAccountBuilder()
        .withMetadata(context.metadata(component, namespace, component))
        .withAutomountServiceAccountToken(false)
        .build();
  }

  public static EnvVar env(String name, Object value) {
    return new EnvVarBuilder().withName(name).withValue(String.valueOf(value)).build();
  }

  /** A variable that holds the key of the same name of the namespace's credentials. */
  public static EnvVar secretEnv(String key) {
    return secretEnv(key, key);
  }

  public static EnvVar secretEnv(String name, String key) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef(key, Names.CREDENTIALS, null)
        .endValueFrom()
        .build();
  }

  public static EnvVar fieldEnv(String name, String fieldPath) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewFieldRef("v1", fieldPath)
        .endValueFrom()
        .build();
  }

  public static Volume configVolume(String name, String configMap) {
    return new VolumeBuilder()
        .withName(name)
        .withNewConfigMap()
        .withName(configMap)
        .endConfigMap()
        .build();
  }

  /**
   * The credentials of the namespace, as files for the pod's own group. The kubelet keeps them as
   * they are in the Secret while the pod runs.
   */
  public static Volume credentialsVolume() {
    return new VolumeBuilder()
        .withName("credentials")
        .withNewSecret()
        .withSecretName(Names.CREDENTIALS)
        .withDefaultMode(0440)
        .endSecret()
        .build();
  }

  public static VolumeMount credentialsMount() {
    return readOnlyMount("credentials", "/etc/voting-secrets");
  }

  public static Volume emptyVolume(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  public static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).build();
  }

  public static VolumeMount readOnlyMount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).withReadOnly(true).build();
  }

  /** Asks a port over HTTP every {@code period} seconds; {@code failures} in a row count. */
  public static Probe httpProbe(String path, int port, int period, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(path)
        .withNewPort(port)
        .endHttpGet()
        .withPeriodSeconds(period)
        .withTimeoutSeconds(3)
        .withFailureThreshold(failures)
        .build();
  }

  /** Runs a command in the container every {@code period} seconds. */
  public static Probe execProbe(int period, int failures, String... command) {
    return new ProbeBuilder()
        .withNewExec()
        .withCommand(command)
        .endExec()
        .withPeriodSeconds(period)
        .withTimeoutSeconds(5)
        .withFailureThreshold(failures)
        .build();
  }

  /**
   * The readiness of the container beside a server: whether there is room for more data. That is
   * how a server that is full is known to the operator, which sees the pod's status and nothing
   * else.
   */
  public static Probe roomProbe(String scripts) {
    return execProbe(5, 2, "sh", scripts + "/room.sh");
  }

  private static ResourceRequirements requirements(ComputeResources resources) {
    var requirements = new ResourceRequirements();
    requirements.setRequests(amounts(Optional.ofNullable(resources.requests())));
    requirements.setLimits(amounts(Optional.ofNullable(resources.limits())));
    return requirements;
  }

  private static Map<String, Quantity> amounts(Optional<ComputeResources.Amounts> amounts) {
    var byName = new TreeMap<String, Quantity>();
    amounts.map(ComputeResources.Amounts::cpu).ifPresent(cpu -> byName.put("cpu", cpu));
    amounts.map(ComputeResources.Amounts::memory).ifPresent(memory -> byName.put("memory", memory));
    return byName;
  }
}
