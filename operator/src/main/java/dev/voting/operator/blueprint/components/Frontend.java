package dev.voting.operator.blueprint.components;

import static dev.voting.operator.blueprint.Names.FRONTEND;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Pods;
import dev.voting.operator.blueprint.Workloads;
import dev.voting.operator.blueprint.page.Page;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.List;
import java.util.Optional;

/** The web page: nginx serves it from a ConfigMap, by the nginx.conf beside it. */
final class Frontend {

  /** The user of the unprivileged nginx image. */
  private static final long USER = 101;

  private static final String PAGE = "frontend-page";

  /** The same for every VotingApp, so digested once. */
  private static final String CONTENT_CHECKSUM = Checksum.of(Page.FILES);

  private Frontend() {}

  static List<HasMetadata> configuration(BlueprintContext context) {
    return List.of(
        configMap(context),
        Pods.serviceAccount(context, FRONTEND, context.names().frontendNamespace()));
  }

  static List<HasMetadata> objects(BlueprintContext context) {
    var frontend = context.spec().frontend();
    return Workloads.served(
        context,
        FRONTEND,
        context.names().frontendNamespace(),
        Names.FRONTEND_PORT,
        frontend.replicas(),
        frontend.autoscaling(),
        template(context));
  }

  private static ConfigMap configMap(BlueprintContext context) {
    return new ConfigMapBuilder()
        .withMetadata(context.metadata(FRONTEND, context.names().frontendNamespace(), PAGE))
        .withData(Page.FILES)
        .build();
  }

  private static PodTemplateSpec template(BlueprintContext context) {
    var frontend = context.spec().frontend();
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(context.podLabels(FRONTEND))
        .addToAnnotations(Names.CHECKSUM, CONTENT_CHECKSUM)
        .endMetadata()
        .withSpec(
            Pods.pod(FRONTEND, USER)
                .withTerminationGracePeriodSeconds(30L)
                .addToContainers(
                    Pods.container(
                            FRONTEND,
                            context.images().frontend(Optional.ofNullable(frontend.image())),
                            frontend.resources())
                        .addNewPort()
                        .withName("http")
                        .withContainerPort(Names.FRONTEND_PORT)
                        .endPort()
                        .withReadinessProbe(Pods.httpProbe(Page.HEALTH, Names.FRONTEND_PORT, 5, 3))
                        .withLivenessProbe(Pods.httpProbe(Page.HEALTH, Names.FRONTEND_PORT, 10, 3))
                        .withVolumeMounts(
                            Pods.readOnlyMount("page", "/usr/share/nginx/html"),
                            new VolumeMountBuilder(
                                    Pods.readOnlyMount("page", "/etc/nginx/" + Page.NGINX_CONF))
                                .withSubPath(Page.NGINX_CONF)
                                .build(),
                            Pods.mount("tmp", "/tmp"))
                        .build())
                .addToVolumes(Pods.configVolume("page", PAGE), Pods.emptyVolume("tmp"))
                .build())
        .build();
  }
}
