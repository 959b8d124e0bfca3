package dev.voting.operator.blueprint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import io.fabric8.kubernetes.api.model.AppArmorProfile;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every pod of every example, and of specs that say much, is one that "restricted" admits. */
class PodSecurityTest {

  static Stream<VotingApp> apps() throws IOException {
    try (var examples = Files.walk(Path.of("../examples"));
        var golden = Files.walk(Path.of("src/test/resources/golden"))) {
      var files =
          Stream.concat(
                  examples.filter(file -> file.toString().endsWith(".yaml")),
                  golden.filter(file -> file.endsWith("votingapp.yaml")))
              .toList();
      assertThat(files).hasSizeGreaterThan(3);
      return files.stream().map(PodSecurityTest::read);
    }
  }

  private static VotingApp read(Path file) {
    try {
      return Serialization.unmarshal(Files.readString(file), VotingApp.class);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("apps")
  void everyPodIsRestrictedAndHasNoToken(VotingApp app) {
    var blueprint = Renderings.of(app);
    var pods = PodTemplates.of(blueprint).toList();
    assertThat(pods).hasSizeGreaterThanOrEqualTo(3);
    var accounts =
        blueprint
            .objects()
            .filter(ServiceAccount.class::isInstance)
            .map(ServiceAccount.class::cast)
            .toList();
    assertThat(accounts)
        .isNotEmpty()
        .allMatch(account -> Boolean.FALSE.equals(account.getAutomountServiceAccountToken()));
    for (var pod : pods) {
      assertThat(RestrictedProfile.violations(pod.template())).as(pod.component()).isEmpty();
      assertThat(tokens(pod.template())).as(pod.component()).isEmpty();
      // Not the default account, which others may give rights to.
      assertThat(accounts)
          .anyMatch(
              account ->
                  account.getMetadata().getNamespace().equals(pod.namespace())
                      && account
                          .getMetadata()
                          .getName()
                          .equals(pod.template().getSpec().getServiceAccountName()));
      // More than the profile asks for.
      assertThat(containers(pod.template().getSpec()))
          .allMatch(
              container ->
                  Boolean.TRUE.equals(container.getSecurityContext().getReadOnlyRootFilesystem()));
    }
  }

  @ParameterizedTest
  @MethodSource("apps")
  void everyNamespaceEnforcesIt(VotingApp app) {
    assertThat(Renderings.of(app).objects().filter(Namespace.class::isInstance))
        .hasSize(4)
        .allSatisfy(
            namespace ->
                assertThat(namespace.getMetadata().getLabels())
                    .containsEntry("pod-security.kubernetes.io/enforce", "restricted"));
  }

  /** Ways in which a pod could get a token of the API server's. */
  private static List<String> tokens(PodTemplateSpec template) {
    var found = new java.util.ArrayList<String>();
    if (!Boolean.FALSE.equals(template.getSpec().getAutomountServiceAccountToken())) {
      found.add("automountServiceAccountToken");
    }
    template.getSpec().getVolumes().stream()
        .filter(volume -> volume.getProjected() != null)
        .flatMap(volume -> volume.getProjected().getSources().stream())
        .filter(source -> source.getServiceAccountToken() != null)
        .forEach(source -> found.add("projected token"));
    return found;
  }

  /** One change for each rule that breaks this rule alone. */
  private static final Map<String, List<Consumer<PodTemplateSpec>>> MUTATIONS =
      Map.ofEntries(
          Map.entry(
              "Host Namespaces",
              List.of(
                  pod -> pod.getSpec().setHostNetwork(true),
                  pod -> pod.getSpec().setHostPID(true),
                  pod -> pod.getSpec().setHostIPC(true))),
          Map.entry(
              "HostProcess",
              List.of(patch("{securityContext: {windowsOptions: {hostProcess: true}}}"))),
          Map.entry(
              "Privileged Containers",
              List.of(pod -> container(pod).getSecurityContext().setPrivileged(true))),
          Map.entry(
              "HostPath Volumes",
              List.of(patch("{volumes: [{name: v, hostPath: {path: /}, emptyDir: {}}]}"))),
          Map.entry(
              "Host Ports", List.of(pod -> container(pod).getPorts().getFirst().setHostPort(80))),
          Map.entry(
              "Host Probes / Lifecycle Hooks",
              List.of(pod -> container(pod).getLivenessProbe().getHttpGet().setHost("10.0.0.1"))),
          Map.entry(
              "AppArmor",
              List.of(
                  pod ->
                      pod.getSpec()
                          .getSecurityContext()
                          .setAppArmorProfile(new AppArmorProfile(null, "Unconfined")))),
          Map.entry(
              "SELinux",
              List.of(
                  patch("{securityContext: {seLinuxOptions: {type: spc_t}}}"),
                  patch("{securityContext: {seLinuxOptions: {role: r}}}"))),
          Map.entry(
              "/proc Mount Type",
              List.of(pod -> container(pod).getSecurityContext().setProcMount("Unmasked"))),
          Map.entry(
              "Sysctls",
              List.of(patch("{securityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]}}"))),
          Map.entry(
              "Volume Types", List.of(patch("{volumes: [{name: v, nfs: {server: s, path: /}}]}"))),
          Map.entry(
              "Privilege Escalation",
              List.of(
                  pod -> container(pod).getSecurityContext().setAllowPrivilegeEscalation(null),
                  pod -> container(pod).getSecurityContext().setAllowPrivilegeEscalation(true))),
          Map.entry(
              "Running as Non-root",
              List.of(
                  pod -> pod.getSpec().getSecurityContext().setRunAsNonRoot(null),
                  pod -> container(pod).getSecurityContext().setRunAsNonRoot(false))),
          Map.entry(
              "Running as Non-root user",
              List.of(
                  pod -> pod.getSpec().getSecurityContext().setRunAsUser(0L),
                  pod -> container(pod).getSecurityContext().setRunAsUser(0L))),
          Map.entry(
              "Seccomp",
              List.of(
                  pod -> pod.getSpec().getSecurityContext().setSeccompProfile(null),
                  patch("{securityContext: {seccompProfile: {type: Unconfined}}}"))),
          Map.entry(
              "Capabilities",
              List.of(
                  pod -> container(pod).getSecurityContext().setCapabilities(null),
                  pod -> container(pod).getSecurityContext().getCapabilities().setDrop(List.of()),
                  pod ->
                      container(pod)
                          .getSecurityContext()
                          .getCapabilities()
                          .setAdd(List.of("SYS_ADMIN")))));

  @Test
  void eachRuleFindsThePodThatBreaksIt() {
    assertThat(MUTATIONS)
        .containsOnlyKeys(new TreeSet<>(RestrictedProfile.rules()).toArray(String[]::new));
    for (var rule : MUTATIONS.entrySet()) {
      for (var mutation : rule.getValue()) {
        var pod = good();
        assertThat(RestrictedProfile.violations(pod)).isEmpty();
        mutation.accept(pod);
        assertThat(RestrictedProfile.violations(pod)).as(rule.getKey()).contains(rule.getKey());
      }
    }
  }

  /** A second container, and one that starts first, are validated as the first is. */
  @Test
  void everyContainerIsJudged() {
    var second = good();
    second.getSpec().setContainers(List.of(container(good()), new Container()));
    assertThat(RestrictedProfile.violations(second)).contains("Capabilities");
    var init = good();
    init.getSpec().setInitContainers(List.of(new Container()));
    assertThat(RestrictedProfile.violations(init)).contains("Privilege Escalation");
  }

  @Test
  void aMountedTokenIsFound() {
    var pod = good();
    pod.getSpec().setAutomountServiceAccountToken(null);
    assertThat(tokens(pod)).isNotEmpty();
    var projected = good();
    patch("{volumes: [{name: v, projected: {sources: [{serviceAccountToken: {path: t}}]}}]}")
        .accept(projected);
    assertThat(tokens(projected)).isNotEmpty();
  }

  private static PodTemplateSpec good() {
    var template =
        PodTemplates.of(Renderings.of("voting", "{}"))
            .filter(pod -> pod.component().equals("api"))
            .findFirst()
            .orElseThrow()
            .template();
    return new PodTemplateSpecBuilder(template).build();
  }

  private static Container container(PodTemplateSpec template) {
    return template.getSpec().getContainers().getFirst();
  }

  private static Stream<Container> containers(PodSpec pod) {
    return Stream.concat(pod.getContainers().stream(), pod.getInitContainers().stream());
  }

  /** Puts parts of a pod's spec in the places of its own. */
  private static Consumer<PodTemplateSpec> patch(String yaml) {
    return template -> {
      var parts = Serialization.unmarshal("---\n" + yaml, PodSpec.class);
      if (!parts.getVolumes().isEmpty()) {
        template.getSpec().setVolumes(parts.getVolumes());
      }
      if (parts.getSecurityContext() != null) {
        var given = parts.getSecurityContext();
        var context = template.getSpec().getSecurityContext();
        context.setWindowsOptions(given.getWindowsOptions());
        context.setSeLinuxOptions(given.getSeLinuxOptions());
        context.setSysctls(given.getSysctls());
        if (given.getSeccompProfile() != null) {
          context.setSeccompProfile(given.getSeccompProfile());
        }
      }
    };
  }
}
