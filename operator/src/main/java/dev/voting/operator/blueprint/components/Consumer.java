package dev.voting.operator.blueprint.components;

import static dev.voting.operator.blueprint.Names.CONSUMER;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Pods;
import dev.voting.operator.blueprint.Workloads;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The consumer, as a Job or as a Deployment.
 *
 * <p>A Job's template is immutable, so its name carries a hash of it: a change of the template
 * makes a new Job beside the old one, which is deleted once the new one consumes.
 *
 * <p>A consumer that is asked to stop exits with 0, as a pod does that is drained, evicted or
 * deleted. A Job without completions takes the first success for the end of all work, and replaces
 * no pod from then on; so it has more completions than there will ever be drains. A pod that is
 * about to end is not taken for a failure, of which there may be few, before it has ended.
 */
final class Consumer {

  /** The user of the image, which has no name. */
  private static final long USER = 10001;

  /**
   * New logins come to the servers by the volume of a Secret, which a kubelet brings up to date
   * every minute or so; a Job must not fail meanwhile.
   */
  static final Duration LOGIN_WAIT = Duration.ofMinutes(3);

  private static final int NEVER_COMPLETE = 1_000_000;
  private static final String ONCE_ENDED = "Failed";

  private Consumer() {}

  static List<HasMetadata> configuration(BlueprintContext context) {
    return List.of(Pods.serviceAccount(context, CONSUMER, context.names().consumerNamespace()));
  }

  static List<HasMetadata> objects(BlueprintContext context) {
    return List.of(
        switch (context.spec().consumer().workload()) {
          case Job -> job(context);
          case Deployment -> deployment(context);
        });
  }

  private static HasMetadata job(BlueprintContext context) {
    var consumer = context.spec().consumer();
    var template = template(context, "OnFailure");
    var fixed = List.of(template, consumer.backoffLimit(), NEVER_COMPLETE, ONCE_ENDED);
    var name = CONSUMER + "-" + Checksum.of(fixed).substring(0, 10);
    return new JobBuilder()
        .withMetadata(context.metadata(CONSUMER, context.names().consumerNamespace(), name))
        .withNewSpec()
        .withParallelism(consumer.replicas())
        .withCompletions(NEVER_COMPLETE)
        .withPodReplacementPolicy(ONCE_ENDED)
        // Ours, so that a Job that somebody suspends goes on.
        .withSuspend(false)
        .withBackoffLimit(consumer.backoffLimit())
        .withTtlSecondsAfterFinished(consumer.ttlSecondsAfterFinished())
        .withTemplate(template)
        .endSpec()
        .build();
  }

  private static HasMetadata deployment(BlueprintContext context) {
    return new DeploymentBuilder()
        .withMetadata(context.metadata(CONSUMER, context.names().consumerNamespace(), CONSUMER))
        .withNewSpec()
        .withReplicas(context.spec().consumer().replicas())
        .withNewSelector()
        .withMatchLabels(context.selector(CONSUMER))
        .endSelector()
        .withTemplate(template(context, "Always"))
        .endSpec()
        .build();
  }

  private static PodTemplateSpec template(BlueprintContext context, String restartPolicy) {
    var consumer = context.spec().consumer();
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(context.podLabels(CONSUMER))
        .addToAnnotations(
            Names.CHECKSUM,
            Checksum.of(
                CredentialSecrets.content(context, CONSUMER, context.names().consumerNamespace())))
        .endMetadata()
        .withSpec(
            Pods.pod(CONSUMER, USER)
                .withRestartPolicy(restartPolicy)
                .withTerminationGracePeriodSeconds(30L)
                .addToContainers(
                    Pods.container(
                            CONSUMER,
                            context.images().consumer(Optional.ofNullable(consumer.image())),
                            consumer.resources())
                        .withEnv(
                            Pods.secretEnv(Names.DATABASE_URL),
                            Pods.secretEnv(Names.REDIS_URL),
                            Pods.env("STREAM_NAME", "votes"),
                            Pods.env("CONSUMER_GROUP", "vote-processors"),
                            Pods.fieldEnv("CONSUMER_NAME", "metadata.name"),
                            Pods.env("BATCH_SIZE", consumer.batchSize()),
                            Pods.env("METRICS_PORT", Names.METRICS_PORT),
                            Pods.env("LOGIN_WAIT_MS", LOGIN_WAIT.toMillis()),
                            Pods.env("LOG_LEVEL", "info"),
                            Pods.env("JAVA_TOOL_OPTIONS", Workloads.JAVA_OPTIONS))
                        .addNewPort()
                        .withName("metrics")
                        .withContainerPort(Names.METRICS_PORT)
                        .endPort()
                        .withStartupProbe(Pods.httpProbe("/health", Names.METRICS_PORT, 1, 60))
                        .withReadinessProbe(Pods.httpProbe("/ready", Names.METRICS_PORT, 5, 3))
                        .withLivenessProbe(Pods.httpProbe("/health", Names.METRICS_PORT, 10, 3))
                        .addAllToEnv(Tls.clientEnvironment(context))
                        .withVolumeMounts(Pods.mount("tmp", "/tmp"))
                        .addAllToVolumeMounts(Tls.clientMounts(context))
                        .build())
                .addToVolumes(Pods.emptyVolume("tmp"))
                .addAllToVolumes(Tls.clientVolumes(context))
                .build())
        .build();
  }
}
