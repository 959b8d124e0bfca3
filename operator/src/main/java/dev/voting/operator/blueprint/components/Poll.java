package dev.voting.operator.blueprint.components;

import static dev.voting.operator.blueprint.Names.POLL;

import dev.voting.crd.ComputeResources;
import dev.voting.crd.PollSpec;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.crd.VotingAppStatus.PollStatus;
import dev.voting.operator.blueprint.Blueprint;
import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Pods;
import dev.voting.operator.blueprint.Workloads;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The poll: its definition as a file for the API, and a Job that declares it to the database.
 *
 * <p>The Job is named by its template, and its ConfigMap by the definition: so each change has a
 * Job of its own, whose pod cannot be given the file of the one before. It is the same program as
 * the consumer, beside it, so that a change of the poll stops no counting.
 */
public final class Poll {

  /** Its argument once the round has closed: it waits until all votes are counted. */
  private static final String UNTIL_FINAL = "--until-final";

  /** The user of the image, which has no name. */
  private static final long USER = 10001;

  private static final String FILE = "poll.json";
  private static final String FOLDER = "/etc/voting-poll";

  /** Who declares, so that a pod of before cannot bring its poll back. */
  private static final String SOURCE = "source";

  private static final String GENERATION = "generation";

  /** It works for seconds, of which a start with less is most. */
  private static final ComputeResources RESOURCES =
      new ComputeResources(
          new ComputeResources.Amounts(new Quantity("100m"), new Quantity("128Mi")),
          new ComputeResources.Amounts(new Quantity("1"), new Quantity("256Mi")));

  /** The servers may be away for as long as they are. */
  private static final int NEVER_FAIL = 1_000_000;

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private Poll() {}

  /** Names a definition. */
  public static String digest(PollSpec poll) {
    return Checksum.of(poll).substring(0, 10);
  }

  static List<HasMetadata> configuration(BlueprintContext context) {
    return poll(context)
        .map(
            poll ->
                List.of(
                    new ConfigMapBuilder()
                        .withMetadata(context.metadata(POLL, context.names().apiNamespace(), POLL))
                        .addToData(FILE, SERIALIZATION.asJson(poll))
                        .build(),
                    declared(context, poll),
                    Pods.serviceAccount(context, POLL, context.names().consumerNamespace())))
        .orElse(List.of());
  }

  private static HasMetadata declared(BlueprintContext context, PollSpec poll) {
    var metadata = context.app().getMetadata();
    return new ConfigMapBuilder()
        .withMetadata(context.metadata(POLL, context.names().consumerNamespace(), configMap(poll)))
        .addToData(FILE, SERIALIZATION.asJson(poll))
        .addToData(SOURCE, Objects.toString(metadata.getUid(), ""))
        .addToData(GENERATION, Objects.toString(metadata.getGeneration(), "0"))
        .build();
  }

  static List<HasMetadata> objects(BlueprintContext context) {
    return poll(context).map(poll -> List.of(job(context, poll))).orElse(List.of());
  }

  private static HasMetadata job(BlueprintContext context, PollSpec poll) {
    var template = template(context, poll);
    return new JobBuilder()
        .withMetadata(
            context.metadata(
                POLL,
                context.names().consumerNamespace(),
                POLL + "-" + Checksum.of(template).substring(0, 10)))
        .withNewSpec()
        .withParallelism(1)
        .withCompletions(1)
        .withPodReplacementPolicy("Failed")
        .withSuspend(false)
        .withBackoffLimit(NEVER_FAIL)
        .withTemplate(template)
        .endSpec()
        .build();
  }

  private static PodTemplateSpec template(BlueprintContext context, PollSpec poll) {
    var consumer = context.spec().consumer();
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(context.podLabels(POLL))
        .addToAnnotations(
            Names.CHECKSUM,
            Checksum.of(
                CredentialSecrets.content(
                    context, Names.CONSUMER, context.names().consumerNamespace())))
        .endMetadata()
        .withSpec(
            Pods.pod(POLL, USER)
                .withRestartPolicy("OnFailure")
                .withTerminationGracePeriodSeconds(30L)
                .addToContainers(
                    Pods.container(
                            POLL,
                            context.images().consumer(Optional.ofNullable(consumer.image())),
                            RESOURCES)
                        .withArgs(arguments(context.app(), poll))
                        .withEnv(
                            Pods.secretEnv(Names.DATABASE_URL),
                            Pods.secretEnv(Names.REDIS_URL),
                            Pods.env("STREAM_NAME", "votes"),
                            Pods.env("CONSUMER_GROUP", "vote-processors"),
                            Pods.env("POLL_FILE", FOLDER + "/" + FILE),
                            Pods.env("POLL_SOURCE_FILE", FOLDER + "/" + SOURCE),
                            Pods.env("POLL_GENERATION_FILE", FOLDER + "/" + GENERATION),
                            Pods.env("LOGIN_WAIT_MS", Consumer.LOGIN_WAIT.toMillis()),
                            Pods.env("LOG_LEVEL", "info"),
                            Pods.env("JAVA_TOOL_OPTIONS", Workloads.JAVA_OPTIONS))
                        .addAllToEnv(Tls.clientEnvironment(context))
                        .withVolumeMounts(
                            Pods.readOnlyMount(POLL, FOLDER), Pods.mount("tmp", "/tmp"))
                        .addAllToVolumeMounts(Tls.clientMounts(context))
                        .build())
                .addToVolumes(Pods.configVolume(POLL, configMap(poll)), Pods.emptyVolume("tmp"))
                .addAllToVolumes(Tls.clientVolumes(context))
                .build())
        .build();
  }

  /** By the last status, so that no clock has a say in what there is. */
  private static List<String> arguments(VotingApp app, PollSpec poll) {
    return Optional.ofNullable(app.getStatus())
            .map(VotingAppStatus::poll)
            .filter(last -> waitsUntilFinal(poll, last))
            .isPresent()
        ? List.of(POLL, UNTIL_FINAL)
        : List.of(POLL);
  }

  /** Whether a poll has closed, by a status that is of this very round. */
  public static boolean waitsUntilFinal(PollSpec poll, PollStatus status) {
    return poll.round().equals(status.round())
        && poll.closesAt() != null
        && poll.closesAt().equals(status.closesAt())
        && (status.state() == PollStatus.State.Closed || status.state() == PollStatus.State.Final);
  }

  /** Whether the Job of a blueprint waits for the end of the round. */
  public static boolean waitsUntilFinal(Blueprint blueprint) {
    return blueprint
        .objects()
        .filter(Job.class::isInstance)
        .filter(object -> POLL.equals(object.getMetadata().getLabels().get(Names.COMPONENT)))
        .map(job -> ((Job) job).getSpec().getTemplate().getSpec().getContainers().getFirst())
        .anyMatch(container -> container.getArgs().contains(UNTIL_FINAL));
  }

  /** What the API has of the poll until it has read one from Redis. */
  static List<Volume> clientVolumes(BlueprintContext context) {
    return poll(context).isEmpty()
        ? List.of()
        : List.of(
            new VolumeBuilder()
                .withName(POLL)
                .withNewConfigMap()
                .withName(POLL)
                .withOptional(true)
                .endConfigMap()
                .build());
  }

  static List<VolumeMount> clientMounts(BlueprintContext context) {
    return poll(context).isEmpty() ? List.of() : List.of(Pods.readOnlyMount(POLL, FOLDER));
  }

  static List<EnvVar> clientEnvironment(BlueprintContext context) {
    return poll(context).isEmpty()
        ? List.of()
        : List.of(Pods.env("POLL_FILE", FOLDER + "/" + FILE), Pods.secretEnv(Names.BALLOT_KEY));
  }

  private static String configMap(PollSpec poll) {
    return POLL + "-" + digest(poll);
  }

  private static Optional<PollSpec> poll(BlueprintContext context) {
    return Optional.ofNullable(context.spec().poll());
  }
}
