package dev.voting.operator.blueprint;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The rules of Pod Security's profile "restricted", those of "baseline" included, by the names that
 * Kubernetes documents them under.
 */
public final class RestrictedProfile {

  private static final Set<String> BASELINE_CAPABILITIES = Set.of("NET_BIND_SERVICE");

  private static final Set<String> SAFE_SYSCTLS =
      Set.of(
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.ping_group_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes");

  private static final Set<String> SELINUX_TYPES =
      Set.of("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t");

  private final PodTemplateSpec template;
  private final PodSpec pod;
  private final Set<String> violated = new TreeSet<>();

  private RestrictedProfile(PodTemplateSpec template) {
    this.template = template;
    this.pod = template.getSpec();
  }

  /**
   * Validates a pod.
   *
   * @return the rules that it breaks
   */
  public static Set<String> violations(PodTemplateSpec template) {
    var profile = new RestrictedProfile(template);
    profile.baseline();
    profile.restricted();
    return profile.violated;
  }

  private void baseline() {
    forbid("Host Namespaces", on(pod.getHostNetwork(), pod.getHostPID(), pod.getHostIPC()));
    forbid("HostProcess", securityContexts().anyMatch(RestrictedProfile::isHostProcess));
    forbid(
        "HostProcess",
        pod().getWindowsOptions() != null && on(pod().getWindowsOptions().getHostProcess()));
    forbid(
        "Privileged Containers",
        securityContexts().anyMatch(context -> on(context.getPrivileged())));
    forbid(
        "HostPath Volumes",
        pod.getVolumes().stream().anyMatch(volume -> volume.getHostPath() != null));
    forbid(
        "Host Ports",
        containers()
            .flatMap(container -> container.getPorts().stream())
            .anyMatch(port -> port.getHostPort() != null && port.getHostPort() != 0));
    forbid(
        "Host Probes / Lifecycle Hooks",
        containers().flatMap(RestrictedProfile::probedHosts).anyMatch(host -> !host.isEmpty()));
    forbid(
        "AppArmor",
        Stream.concat(
                Stream.ofNullable(pod().getAppArmorProfile()),
                securityContexts()
                    .map(SecurityContext::getAppArmorProfile)
                    .filter(Objects::nonNull))
            .anyMatch(profile -> profile.getType().equals("Unconfined")));
    forbid(
        "AppArmor",
        Optional.ofNullable(template.getMetadata().getAnnotations()).stream()
            .flatMap(annotations -> annotations.entrySet().stream())
            .anyMatch(
                annotation ->
                    annotation
                            .getKey()
                            .startsWith("container.apparmor.security.beta.kubernetes.io/")
                        && !annotation.getValue().equals("runtime/default")
                        && !annotation.getValue().startsWith("localhost/")));
    forbid(
        "SELinux",
        Stream.concat(
                Stream.ofNullable(pod().getSeLinuxOptions()),
                securityContexts().map(SecurityContext::getSeLinuxOptions).filter(Objects::nonNull))
            .anyMatch(
                options ->
                    !SELINUX_TYPES.contains(Objects.requireNonNullElse(options.getType(), ""))
                        || options.getUser() != null
                        || options.getRole() != null));
    forbid(
        "/proc Mount Type",
        securityContexts()
            .anyMatch(
                context ->
                    context.getProcMount() != null && !context.getProcMount().equals("Default")));
    forbid(
        "Sysctls",
        pod().getSysctls().stream().anyMatch(sysctl -> !SAFE_SYSCTLS.contains(sysctl.getName())));
  }

  private void restricted() {
    forbid("Volume Types", pod.getVolumes().stream().anyMatch(volume -> !isAllowed(volume)));
    require(
        "Privilege Escalation",
        context -> Boolean.FALSE.equals(context.getAllowPrivilegeEscalation()));
    require(
        "Running as Non-root",
        context ->
            Optional.ofNullable(context.getRunAsNonRoot())
                .orElse(Boolean.TRUE.equals(pod().getRunAsNonRoot())));
    forbid("Running as Non-root user", Objects.equals(pod().getRunAsUser(), 0L));
    forbid(
        "Running as Non-root user",
        securityContexts().anyMatch(context -> Objects.equals(context.getRunAsUser(), 0L)));
    require(
        "Seccomp",
        context ->
            Optional.ofNullable(context.getSeccompProfile())
                .or(() -> Optional.ofNullable(pod().getSeccompProfile()))
                .filter(
                    profile ->
                        profile.getType().equals("RuntimeDefault")
                            || profile.getType().equals("Localhost"))
                .isPresent());
    require(
        "Capabilities",
        context ->
            context.getCapabilities() != null
                && context.getCapabilities().getDrop().contains("ALL")
                && BASELINE_CAPABILITIES.containsAll(context.getCapabilities().getAdd()));
  }

  private PodSecurityContext pod() {
    return Objects.requireNonNullElseGet(pod.getSecurityContext(), PodSecurityContext::new);
  }

  private Stream<Container> containers() {
    return Stream.concat(pod.getContainers().stream(), pod.getInitContainers().stream());
  }

  private Stream<SecurityContext> securityContexts() {
    return Stream.concat(
            containers().map(Container::getSecurityContext),
            pod.getEphemeralContainers().stream().map(EphemeralContainer::getSecurityContext))
        .map(context -> Objects.requireNonNullElseGet(context, SecurityContext::new));
  }

  private void forbid(String rule, boolean broken) {
    if (broken) {
      violated.add(rule);
    }
  }

  private void require(String rule, Function<SecurityContext, Boolean> kept) {
    forbid(rule, securityContexts().anyMatch(context -> !kept.apply(context)));
  }

  private static boolean on(Boolean... values) {
    return Stream.of(values).anyMatch(Boolean.TRUE::equals);
  }

  private static boolean isHostProcess(SecurityContext context) {
    return context.getWindowsOptions() != null && on(context.getWindowsOptions().getHostProcess());
  }

  private static Stream<String> probedHosts(Container container) {
    var probes =
        Stream.of(
                container.getLivenessProbe(),
                container.getReadinessProbe(),
                container.getStartupProbe())
            .filter(Objects::nonNull)
            .flatMap(
                probe ->
                    Stream.of(
                        probe.getHttpGet() == null ? null : probe.getHttpGet().getHost(),
                        probe.getTcpSocket() == null ? null : probe.getTcpSocket().getHost()));
    var hooks =
        Stream.ofNullable(container.getLifecycle())
            .flatMap(lifecycle -> Stream.of(lifecycle.getPostStart(), lifecycle.getPreStop()))
            .filter(Objects::nonNull)
            .flatMap(
                hook ->
                    Stream.of(
                        hook.getHttpGet() == null ? null : hook.getHttpGet().getHost(),
                        hook.getTcpSocket() == null ? null : hook.getTcpSocket().getHost()));
    return Stream.concat(probes, hooks).filter(Objects::nonNull);
  }

  private static boolean isAllowed(Volume volume) {
    return Stream.of(
            volume.getConfigMap(),
            volume.getCsi(),
            volume.getDownwardAPI(),
            volume.getEmptyDir(),
            volume.getEphemeral(),
            volume.getPersistentVolumeClaim(),
            volume.getProjected(),
            volume.getSecret())
        .anyMatch(Objects::nonNull);
  }

  /** All the rules, in no order. */
  static List<String> rules() {
    return List.of(
        "Host Namespaces",
        "HostProcess",
        "Privileged Containers",
        "HostPath Volumes",
        "Host Ports",
        "Host Probes / Lifecycle Hooks",
        "AppArmor",
        "SELinux",
        "/proc Mount Type",
        "Sysctls",
        "Volume Types",
        "Privilege Escalation",
        "Running as Non-root",
        "Running as Non-root user",
        "Seccomp",
        "Capabilities");
  }
}
