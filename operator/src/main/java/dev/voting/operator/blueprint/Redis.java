package dev.voting.operator.blueprint;

import static dev.voting.operator.blueprint.Names.REDIS;
import static dev.voting.operator.blueprint.Names.REDIS_PASSWORD;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Redis, with an append-only file on a volume. */
final class Redis {

  /** The user redis of the alpine image. */
  private static final long USER = 999;

  private static final String CONFIG = "redis-config";

  private Redis() {}

  static List<HasMetadata> configuration(Subject subject) {
    return external(subject)
        ? List.of()
        : List.of(
            configMap(subject),
            Pods.serviceAccount(subject, REDIS, subject.names().dataNamespace()));
  }

  static List<HasMetadata> objects(Subject subject) {
    return external(subject)
        ? List.of()
        : List.of(
            Workloads.headlessService(subject, REDIS, "redis", Names.REDIS_PORT),
            Workloads.statefulSet(
                subject, REDIS, subject.spec().redis().storage(), template(subject)));
  }

  static boolean external(Subject subject) {
    return subject.spec().redis().external() != null;
  }

  private static ConfigMap configMap(Subject subject) {
    var redis = subject.spec().redis();
    return new ConfigMapBuilder()
        .withMetadata(subject.metadata(REDIS, subject.names().dataNamespace(), CONFIG))
        .addToData(
            "redis.conf",
            Files.render(
                "/dev/voting/operator/redis.conf",
                Map.of(
                    "appendFsync", redis.appendFsync().directive(),
                    "maxMemory", redis.maxMemory(),
                    "maxMemoryPolicy", redis.maxMemoryPolicy().directive())))
        .build();
  }

  private static PodTemplateSpec template(Subject subject) {
    var redis = subject.spec().redis();
    var credentials = CredentialSecrets.content(subject, subject.names().dataNamespace());
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(subject.podLabels(REDIS))
        .addToAnnotations(
            Names.CHECKSUM, Checksum.of(List.of(configMap(subject).getData(), credentials)))
        .endMetadata()
        .withSpec(
            Pods.pod(REDIS, USER)
                .withTerminationGracePeriodSeconds(60L)
                .addToContainers(
                    Pods.container(
                            REDIS,
                            subject.images().redis(Optional.ofNullable(redis.image())),
                            redis.resources())
                        .withCommand("redis-server")
                        .withArgs(
                            "/etc/redis/redis.conf", "--requirepass", "$(" + REDIS_PASSWORD + ")")
                        .withEnv(
                            Pods.secretEnv(REDIS_PASSWORD),
                            Pods.secretEnv("REDISCLI_AUTH", REDIS_PASSWORD))
                        .addNewPort()
                        .withName("redis")
                        .withContainerPort(Names.REDIS_PORT)
                        .endPort()
                        .withStartupProbe(ping(2, 150))
                        .withReadinessProbe(ping(5, 3))
                        .withLivenessProbe(alive())
                        .withVolumeMounts(
                            Pods.mount("data", "/data"), Pods.readOnlyMount("config", "/etc/redis"))
                        .build())
                .addToVolumes(Pods.configVolume("config", CONFIG))
                .build())
        .build();
  }

  /** A server that is loading its file answers, but not PONG: it is alive and not ready. */
  private static Probe ping(int period, int failures) {
    return Pods.execProbe(period, failures, "sh", "-c", "redis-cli ping | grep -q PONG");
  }

  private static Probe alive() {
    return Pods.execProbe(10, 6, "redis-cli", "ping");
  }
}
