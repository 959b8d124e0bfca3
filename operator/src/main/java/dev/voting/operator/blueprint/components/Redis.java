package dev.voting.operator.blueprint.components;

import static dev.voting.operator.blueprint.Names.REDIS;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Files;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Pods;
import dev.voting.operator.blueprint.Workloads;
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
  private static final String CONFIG_FOLDER = "/etc/redis";

  /** What the start writes, for the server and for what looks after it. */
  private static final String RUN_FOLDER = "/run/redis";

  private static final String FOLDER = "/dev/voting/operator/redis/";

  /** As the user that may do nothing else. */
  private static final String PING =
      "REDISCLI_AUTH=$(cat /run/redis/probe) redis-cli%s --user probe ping";

  /** How redis-cli reaches a server that speaks TLS, whatever its certificate is worth. */
  private static final String CLI_OPTIONS = " -s " + RUN_FOLDER + "/redis.sock";

  private Redis() {}

  static List<HasMetadata> configuration(BlueprintContext context) {
    return context.externalRedis()
        ? List.of()
        : List.of(
            configMap(context),
            Pods.serviceAccount(context, REDIS, context.names().dataNamespace()));
  }

  static List<HasMetadata> objects(BlueprintContext context) {
    return context.externalRedis()
        ? List.of()
        : List.of(
            Workloads.headlessService(context, REDIS, "redis", Names.REDIS_PORT),
            Workloads.statefulSet(
                context, REDIS, context.spec().redis().storage(), template(context)));
  }

  private static ConfigMap configMap(BlueprintContext context) {
    var redis = context.spec().redis();
    var tls = Tls.isOn(context, REDIS);
    return new ConfigMapBuilder()
        .withMetadata(context.metadata(REDIS, context.names().dataNamespace(), CONFIG))
        .addToData(
            "redis.conf",
            Files.render(
                    FOLDER + "redis.conf",
                    Map.of(
                        // Redis opens no port that is 0.
                        "port", Integer.toString(tls ? 0 : Names.REDIS_PORT),
                        "appendFsync", redis.appendFsync().directive(),
                        "maxMemory", redis.maxMemory(),
                        "maxMemoryPolicy", redis.maxMemoryPolicy().directive()))
                + (tls ? Files.read(FOLDER + "tls.conf") : ""))
        .addToData(
            "users.acl",
            // Redis reads a renewed certificate when its path is set again.
            Files.render(FOLDER + "users.acl", Map.of("certificate", tls ? " +config|set" : "")))
        .addToData("users.sh", Files.read(FOLDER + "users.sh"))
        .addToData("start.sh", Files.read(FOLDER + "start.sh"))
        .addToData("reload.sh", Files.read(FOLDER + "reload.sh"))
        .addToData("room.sh", Files.read(FOLDER + "room.sh"))
        .build();
  }

  private static PodTemplateSpec template(BlueprintContext context) {
    var redis = context.spec().redis();
    var image = context.images().redis(Optional.ofNullable(redis.image()));
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(context.podLabels(REDIS))
        .addToAnnotations(Names.CHECKSUM, Checksum.of(configMap(context).getData()))
        .addToAnnotations(Names.DEFAULT_CONTAINER, REDIS)
        .endMetadata()
        .withSpec(
            Pods.pod(REDIS, USER)
                .withTerminationGracePeriodSeconds(60L)
                .addToContainers(
                    Pods.container(REDIS, image, redis.resources())
                        .withCommand("sh", CONFIG_FOLDER + "/start.sh")
                        .addNewPort()
                        .withName("redis")
                        .withContainerPort(Names.REDIS_PORT)
                        .endPort()
                        .withStartupProbe(ping(context, 2, 150))
                        .withReadinessProbe(ping(context, 5, 3))
                        .withLivenessProbe(alive(context))
                        .withVolumeMounts(
                            Pods.mount("data", "/data"),
                            Pods.readOnlyMount("config", CONFIG_FOLDER),
                            Pods.credentialsMount(),
                            Pods.mount("run", RUN_FOLDER))
                        .addAllToVolumeMounts(Tls.serverMounts(context, REDIS))
                        .build(),
                    Pods.helper(Names.RELOAD, image, CONFIG_FOLDER + "/reload.sh")
                        .withReadinessProbe(Pods.roomProbe(CONFIG_FOLDER))
                        .withVolumeMounts(
                            Pods.readOnlyMount("config", CONFIG_FOLDER),
                            Pods.credentialsMount(),
                            Pods.readOnlyMount("run", RUN_FOLDER))
                        .addAllToVolumeMounts(Tls.serverMounts(context, REDIS))
                        .build())
                .addToVolumes(
                    Pods.configVolume("config", CONFIG),
                    Pods.credentialsVolume(),
                    Pods.emptyVolume("run"))
                .addAllToVolumes(Tls.serverVolumes(context, REDIS))
                .build())
        .build();
  }

  /** A server that is loading its file answers, but not PONG: it is alive and not ready. */
  private static Probe ping(BlueprintContext context, int period, int failures) {
    return Pods.execProbe(period, failures, "sh", "-c", ping(context) + " | grep -q PONG");
  }

  private static Probe alive(BlueprintContext context) {
    return Pods.execProbe(10, 6, "sh", "-c", ping(context));
  }

  private static String ping(BlueprintContext context) {
    return PING.formatted(Tls.isOn(context, REDIS) ? CLI_OPTIONS : "");
  }
}
