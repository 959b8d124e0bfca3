package dev.voting.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppCrd;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.cluster.Kinds;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBinding;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.api.model.rbac.SubjectBuilder;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rights that deploy/ grants are those that the code uses: none is missing, none is spare. */
class RightsTest {

  private static final Set<String> READ = Set.of("list", "watch");
  private static final Set<String> APPLY = Set.of("create", "patch");

  /** Asked for by name too, because somebody else's are not in the caches. */
  private static final Set<Class<? extends HasMetadata>> READ_BY_NAME =
      Set.of(Namespace.class, Secret.class);

  private final List<HasMetadata> objects = Rights.objects();

  @Test
  void onTheCluster() {
    var used = new TreeSet<String>();
    Stream.concat(Kinds.MANAGED.stream(), Kinds.OPTIONAL.stream())
        .flatMap(kind -> Rights.of(kind, managed(kind)))
        .forEach(used::add);
    Kinds.OBSERVED.stream().flatMap(kind -> Rights.of(kind, READ)).forEach(used::add);
    // Claims are grown where they are, and deleted only where they never had a volume.
    Rights.of(PersistentVolumeClaim.class, Set.of("patch", "delete")).forEach(used::add);
    Rights.of(VotingApp.class, READ).forEach(used::add);
    used.add("voting.dev/votingapps/status patch");
    Rights.of(Event.class, READ).forEach(used::add);
    Rights.of(CustomResourceDefinition.class, READ).forEach(used::add);
    var role = only(ClusterRole.class);
    assertThat(Rights.of(role.getRules())).isEqualTo(used);
    assertThat(role.getRules())
        .filteredOn(rule -> !rule.getResources().contains("customresourcedefinitions"))
        .allMatch(rule -> rule.getResourceNames().isEmpty());
  }

  @Test
  void ofCustomResourceDefinitionsThoseItActsOnAlone() {
    assertThat(only(ClusterRole.class).getRules())
        .filteredOn(rule -> rule.getResources().contains("customresourcedefinitions"))
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(rule.getResources()).hasSize(1);
              assertThat(rule.getResourceNames())
                  .containsExactlyInAnyOrderElementsOf(
                      Stream.concat(
                              Stream.of(VotingAppCrd.NAME),
                              Kinds.OPTIONAL.stream().map(HasMetadata::getFullResourceName))
                          .toList());
            });
  }

  /** Each of these would let the operator, or who takes it over, become more than it is. */
  @Test
  void neverToBecomeMore() {
    var rules =
        objects.stream()
            .flatMap(
                object ->
                    switch (object) {
                      case ClusterRole role -> role.getRules().stream();
                      case Role role -> role.getRules().stream();
                      default -> Stream.<PolicyRule>empty();
                    })
            .toList();
    assertThat(rules)
        .isNotEmpty()
        .allSatisfy(
            rule -> {
              assertThat(rule.getVerbs())
                  .isSubsetOf("get", "list", "watch", "create", "patch", "update", "delete");
              assertThat(rule.getApiGroups())
                  .doesNotContain("*", "rbac.authorization.k8s.io", "authentication.k8s.io");
              assertThat(rule.getNonResourceURLs()).isEmpty();
              assertThat(rule.getResources())
                  .noneMatch(resource -> resource.contains("*"))
                  .doesNotContain(
                      "nodes",
                      "pods/exec",
                      "pods/attach",
                      "pods/portforward",
                      "pods/ephemeralcontainers",
                      "serviceaccounts/token",
                      "persistentvolumes");
            });
    assertThat(rules)
        .filteredOn(rule -> rule.getResources().contains("pods"))
        .allSatisfy(rule -> assertThat(rule.getVerbs()).containsExactly("list", "watch"));
    assertThat(rules)
        .filteredOn(rule -> rule.getResources().contains("secrets"))
        .allSatisfy(rule -> assertThat(rule.getVerbs()).doesNotContain("update"));
  }

  @Test
  void forEventsOfVotingAppsAlone() {
    var role = role("default");
    assertThat(Rights.of(role.getRules())).containsExactly("/events create");
  }

  @Test
  void forItsOwnLeaseAlone() {
    var rules = role("voting-system").getRules();
    assertThat(Rights.of(rules))
        .containsExactlyInAnyOrderElementsOf(
            Rights.of(Lease.class, Set.of("create", "get", "update", "patch")).toList());
    assertThat(rules)
        .filteredOn(rule -> !rule.getVerbs().equals(List.of("create")))
        .allSatisfy(rule -> assertThat(rule.getResourceNames()).containsExactly(Names.OPERATOR));
  }

  @Test
  void allGoToTheOperatorsServiceAccount() {
    assertThat(only(ClusterRoleBinding.class))
        .satisfies(
            binding -> {
              assertThat(binding.getRoleRef().getName())
                  .isEqualTo(only(ClusterRole.class).getMetadata().getName());
              assertThat(binding.getSubjects()).singleElement().isEqualTo(operator());
            });
    var bindings = all(RoleBinding.class);
    assertThat(bindings).hasSameSizeAs(all(Role.class));
    assertThat(bindings)
        .allSatisfy(
            binding -> {
              assertThat(binding.getRoleRef().getName())
                  .isEqualTo(role(binding.getMetadata().getNamespace()).getMetadata().getName());
              assertThat(binding.getSubjects()).containsExactly(operator());
            });
  }

  private static Set<String> managed(Class<? extends HasMetadata> kind) {
    var verbs = new TreeSet<>(READ);
    verbs.addAll(APPLY);
    // Of namespaces and Secrets it is needed to change their owner; see RightsIT.
    verbs.add("delete");
    if (READ_BY_NAME.contains(kind)) {
      verbs.add("get");
    }
    return verbs;
  }

  private Subject operator() {
    return new SubjectBuilder()
        .withKind("ServiceAccount")
        .withName("votingapp-operator")
        .withNamespace("voting-system")
        .build();
  }

  private Role role(String namespace) {
    return all(Role.class).stream()
        .filter(role -> role.getMetadata().getNamespace().equals(namespace))
        .findFirst()
        .orElseThrow();
  }

  private <T extends HasMetadata> T only(Class<T> kind) {
    assertThat(all(kind)).hasSize(1);
    return all(kind).getFirst();
  }

  private <T extends HasMetadata> List<T> all(Class<T> kind) {
    return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
