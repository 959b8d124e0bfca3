package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;

/** What a user wants of a voting system. Every field has a default: {@code spec: {}} is whole. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "self.exposure.type != 'Ingress' || !self.networkPolicies.enabled ||"
            + " has(self.networkPolicies.ingressPeers) || self.exposure.className.size() <= 63 &&"
            + " self.exposure.className.matches('"
            + Patterns.LABEL
            + "')",
    message =
        "where the controller of this IngressClass runs cannot be derived from its name: set"
            + " networkPolicies.ingressPeers",
    fieldPath = ".exposure.className")
@ValidationRule(
    value =
        "!has(self.tls) || !has(self.tls.enabled) || !self.tls.enabled || !has(self.postgres) ||"
            + " !has(self.postgres.external) || !has(self.redis) || !has(self.redis.external)",
    message =
        "both servers are external, and their URIs configure TLS"
            + " (sslmode=verify-full, rediss://): leave tls out",
    fieldPath = ".tls")
public record VotingAppSpec(
    @JsonPropertyDescription("The web page.") FrontendSpec frontend,
    @JsonPropertyDescription("The vote API.") ApiSpec api,
    @JsonPropertyDescription("The consumer, which counts the votes.") ConsumerSpec consumer,
    @JsonPropertyDescription("PostgreSQL, which keeps the counts and the audit log.")
        PostgresSpec postgres,
    @JsonPropertyDescription("Redis, whose stream holds the votes until they are counted.")
        RedisSpec redis,
    @JsonPropertyDescription("The credentials of PostgreSQL and Redis.") SecretsSpec secrets,
    @JsonPropertyDescription("TLS between the components, inside the cluster.") TlsSpec tls,
    @JsonPropertyDescription("The exposure to clients outside the cluster.") ExposureSpec exposure,
    @JsonPropertyDescription("Network policies between the components.")
        NetworkPoliciesSpec networkPolicies,
    @JsonPropertyDescription(
            "What happens to the data when the VotingApp is deleted. Retain keeps the data"
                + " namespace, its claims and its Secret, and a VotingApp of the same name later"
                + " takes them up again; Delete leaves nothing.")
        DeletionPolicy deletionPolicy,
    @JsonPropertyDescription("While true, the operator reports but changes nothing.")
        Boolean paused,
    @JsonPropertyDescription(
            "A question of your own, with its options. Without it one votes for cats or dogs.")
        PollSpec poll) {

  /** The spec of a VotingApp that says nothing. */
  public static final VotingAppSpec DEFAULTS =
      new VotingAppSpec(null, null, null, null, null, null, null, null, null, null, null, null);

  public VotingAppSpec {
    frontend = or(frontend, FrontendSpec.DEFAULTS);
    api = or(api, ApiSpec.DEFAULTS);
    consumer = or(consumer, ConsumerSpec.DEFAULTS);
    postgres = or(postgres, PostgresSpec.DEFAULTS);
    redis = or(redis, RedisSpec.DEFAULTS);
    secrets = or(secrets, SecretsSpec.DEFAULTS);
    tls = or(tls, TlsSpec.DEFAULTS);
    exposure = or(exposure, ExposureSpec.DEFAULTS);
    networkPolicies = or(networkPolicies, NetworkPoliciesSpec.DEFAULTS);
    deletionPolicy = or(deletionPolicy, DeletionPolicy.Retain);
    paused = or(paused, false);
  }
}
