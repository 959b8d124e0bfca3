package dev.voting.operator.blueprint.components;

import static dev.voting.operator.blueprint.Names.API;

import dev.voting.crd.ApiRateLimit;
import dev.voting.crd.ExposureSpec;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Pods;
import dev.voting.operator.blueprint.Workloads;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The vote API. */
final class Api {

  /** The user of the image, which has no name. */
  private static final long USER = 10001;

  /** Milliseconds to go on answering, while a load balancer still hears of the end. */
  private static final int SHUTDOWN_DELAY = 5000;

  /**
   * Milliseconds that a vote waits for Redis, so that a Redis that is replaced costs waiting rather
   * than votes. Less than the page waits.
   */
  private static final int VOTE_TIMEOUT = 5000;

  /** How many seconds' worth may come at once: what ingress-nginx makes of its limit-rps. */
  private static final int BURST = 5;

  private Api() {}

  static List<HasMetadata> configuration(BlueprintContext context) {
    return List.of(Pods.serviceAccount(context, API, context.names().apiNamespace()));
  }

  static List<HasMetadata> objects(BlueprintContext context) {
    var api = context.spec().api();
    return Workloads.served(
        context,
        API,
        context.names().apiNamespace(),
        Names.API_PORT,
        api.replicas(),
        api.autoscaling(),
        template(context));
  }

  private static PodTemplateSpec template(BlueprintContext context) {
    var api = context.spec().api();
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(context.podLabels(API))
        .addToAnnotations(
            Names.CHECKSUM,
            Checksum.of(CredentialSecrets.content(context, API, context.names().apiNamespace())))
        .endMetadata()
        .withSpec(
            Pods.pod(API, USER)
                .withTerminationGracePeriodSeconds(30L)
                .addToContainers(
                    Pods.container(
                            API,
                            context.images().api(Optional.ofNullable(api.image())),
                            api.resources())
                        .withEnv(environment(context))
                        .addNewPort()
                        .withName("http")
                        .withContainerPort(Names.API_PORT)
                        .endPort()
                        // Of its own, so that nothing that clients do keeps a probe waiting.
                        .addNewPort()
                        .withName("metrics")
                        .withContainerPort(Names.METRICS_PORT)
                        .endPort()
                        .withStartupProbe(Pods.httpProbe("/health", Names.METRICS_PORT, 1, 60))
                        // Back at once when Redis is; and not gone before votes have waited for it.
                        .withReadinessProbe(Pods.httpProbe("/ready", Names.METRICS_PORT, 1, 10))
                        .withLivenessProbe(Pods.httpProbe("/health", Names.METRICS_PORT, 10, 3))
                        .withVolumeMounts(Pods.mount("tmp", "/tmp"))
                        .addAllToVolumeMounts(Tls.clientMounts(context))
                        .addAllToVolumeMounts(Poll.clientMounts(context))
                        .build())
                .addToVolumes(Pods.emptyVolume("tmp"))
                .addAllToVolumes(Tls.clientVolumes(context))
                .addAllToVolumes(Poll.clientVolumes(context))
                .build())
        .build();
  }

  private static List<EnvVar> environment(BlueprintContext context) {
    var api = context.spec().api();
    var environment =
        new ArrayList<EnvVar>(
            List.of(
                Pods.secretEnv(Names.DATABASE_URL),
                Pods.secretEnv(Names.REDIS_URL),
                Pods.env("STREAM_NAME", "votes"),
                Pods.env("CONSUMER_GROUP", "vote-processors"),
                Pods.env("PORT", Names.API_PORT),
                Pods.env("METRICS_PORT", Names.METRICS_PORT),
                Pods.env("CORS_ORIGINS", String.join(",", api.corsOrigins())),
                Pods.env("RECORD_CLIENT", api.recordClient()),
                Pods.env("VOTE_TIMEOUT_MS", VOTE_TIMEOUT),
                Pods.env("SHUTDOWN_DELAY_MS", SHUTDOWN_DELAY),
                Pods.env("LOG_LEVEL", "info"),
                Pods.env("JAVA_TOOL_OPTIONS", Workloads.JAVA_OPTIONS)));
    environment.addAll(Tls.clientEnvironment(context));
    environment.addAll(Poll.clientEnvironment(context));
    environment.addAll(trusted(context));
    rateLimit(context)
        .ifPresent(
            limit -> {
              environment.add(
                  Pods.env("RATE_LIMIT_REQUESTS_PER_SECOND", limit.requestsPerSecond()));
              environment.add(Pods.env("RATE_LIMIT_BURST", limit.burst()));
            });
    return environment;
  }

  /**
   * Who is believed whom it speaks for: the peers that the spec names, or whoever can reach the API
   * at all, for so many hops. That is the ingress controller alone, by the network policies.
   */
  private static List<EnvVar> trusted(BlueprintContext context) {
    var exposure = context.spec().exposure();
    if (exposure.trustedProxies() != null) {
      return List.of(Pods.env("TRUSTED_PROXIES", String.join(",", exposure.trustedProxies())));
    }
    int hops =
        Optional.ofNullable(exposure.trustedHops())
            .orElse(
                context.spec().networkPolicies().enabled()
                        && exposure.type() != ExposureSpec.Type.None
                    ? 1
                    : 0);
    return hops == 0 ? List.of() : List.of(Pods.env("TRUSTED_HOPS", hops));
  }

  /**
   * The API's own, as the spec asks for it; behind a Gateway, which has no portable limit, the one
   * that an Ingress would have. That one needs to know the clients apart, so it is off where nobody
   * is trusted to report their addresses: it would be one limit for all of them.
   */
  private static Optional<ApiRateLimit> rateLimit(BlueprintContext context) {
    var given = Optional.ofNullable(context.spec().api().rateLimit());
    if (given.isPresent()) {
      return given.map(
          limit ->
              new ApiRateLimit(
                  limit.requestsPerSecond(),
                  Optional.ofNullable(limit.burst()).orElse(limit.requestsPerSecond())));
    }
    var exposure = context.spec().exposure();
    return exposure.type() == ExposureSpec.Type.Gateway && !trusted(context).isEmpty()
        ? Optional.of(
            new ApiRateLimit(exposure.rateLimit().rps(), exposure.rateLimit().rps() * BURST))
        : Optional.empty();
  }
}
