package dev.voting.operator.blueprint.components;

import static dev.voting.operator.blueprint.Names.POSTGRES;

import dev.voting.operator.blueprint.BlueprintContext;
import dev.voting.operator.blueprint.Checksum;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Files;
import dev.voting.operator.blueprint.Names;
import dev.voting.operator.blueprint.Pods;
import dev.voting.operator.blueprint.Workloads;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** PostgreSQL, with its schema. */
final class Postgres {

  /** The user postgres of the alpine image. */
  private static final long USER = 70;

  private static final String DATA_FOLDER = "/var/lib/postgresql/data";
  private static final String INIT = "postgres-init";
  private static final String INIT_FOLDER = "/docker-entrypoint-initdb.d";

  /** The schema's files, in the order in which they run. */
  private static final List<String> SCHEMA =
      List.of(
          "10-tables.sql",
          "20-functions.sql",
          "25-polls.sql",
          "30-record-votes.sql",
          "40-roles.sql");

  /** Runs after the schema, and once. */
  private static final String MADE = "99-made.sh";

  private static final String FOLDER = "/dev/voting/operator/postgres/";
  private static final String SCRIPTS = "postgres-scripts";
  private static final String SCRIPTS_FOLDER = "/etc/voting";

  /**
   * What guards the data, keeps the logins as the Secret says, and reports whether there is room.
   */
  private static final List<String> SCRIPT_FILES =
      List.of(
          "half-made.sh",
          "version.sh",
          "start.sh",
          "reload.sh",
          "room.sh",
          "logins.sh",
          "logins.sql");

  /** Who may come in how, while it speaks TLS. */
  private static final String ACCESS = "pg_hba.conf";

  private Postgres() {}

  static List<HasMetadata> configuration(BlueprintContext context) {
    return context.externalPostgres()
        ? List.of()
        : List.of(
            configMap(context, INIT, schema()),
            configMap(context, SCRIPTS, withConnections(context)),
            Pods.serviceAccount(context, POSTGRES, context.names().dataNamespace()));
  }

  static List<HasMetadata> objects(BlueprintContext context) {
    return context.externalPostgres()
        ? List.of()
        : List.of(
            Workloads.headlessService(context, POSTGRES, "postgres", Names.POSTGRES_PORT),
            Workloads.statefulSet(
                context, POSTGRES, context.spec().postgres().storage(), template(context)));
  }

  private static Map<String, String> schema() {
    var files = files("/dev/voting/schema/", SCHEMA);
    files.put(MADE, Files.read(FOLDER + MADE));
    return files;
  }

  private static Map<String, String> scripts(BlueprintContext context) {
    var scripts = files(FOLDER, SCRIPT_FILES);
    if (Tls.isOn(context, POSTGRES)) {
      scripts.put(ACCESS, Files.read(FOLDER + ACCESS));
    }
    return scripts;
  }

  /** With what changes in the running pod, and so is not in its checksum. */
  private static Map<String, String> withConnections(BlueprintContext context) {
    var all = new TreeMap<>(scripts(context));
    all.put("connections.sql", Connections.of(context).sql());
    return all;
  }

  /** Arguments of the image's entry point: none while all is as the server has it by itself. */
  private static List<String> arguments(BlueprintContext context) {
    var settings = new TreeMap<String, String>();
    Connections.of(context)
        .server()
        .ifPresent(most -> settings.put("max_connections", most.toString()));
    if (Tls.isOn(context, POSTGRES)) {
      settings.put("ssl", "on");
      settings.put("ssl_cert_file", Tls.SERVER_FOLDER + "/" + Names.TLS_CERTIFICATE);
      settings.put("ssl_key_file", Tls.SERVER_FOLDER + "/" + Names.TLS_KEY);
      settings.put("hba_file", SCRIPTS_FOLDER + "/" + ACCESS);
    }
    var arguments = new ArrayList<String>();
    if (!settings.isEmpty()) {
      arguments.add("postgres");
    }
    settings.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
    return arguments;
  }

  private static TreeMap<String, String> files(String folder, List<String> names) {
    var files = new TreeMap<String, String>();
    names.forEach(name -> files.put(name, Files.read(folder + name)));
    return files;
  }

  private static ConfigMap configMap(
      BlueprintContext context, String name, Map<String, String> files) {
    return new ConfigMapBuilder()
        .withMetadata(context.metadata(POSTGRES, context.names().dataNamespace(), name))
        .withData(files)
        .build();
  }

  private static PodTemplateSpec template(BlueprintContext context) {
    var postgres = context.spec().postgres();
    var image = context.images().postgres(Optional.ofNullable(postgres.image()));
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(context.podLabels(POSTGRES))
        .addToAnnotations(
            Names.CHECKSUM, Checksum.of(List.of(schema(), scripts(context), owner(context))))
        .addToAnnotations(Names.DEFAULT_CONTAINER, POSTGRES)
        .endMetadata()
        .withSpec(
            Pods.pod(POSTGRES, USER)
                .withTerminationGracePeriodSeconds(60L)
                .addToInitContainers(
                    Pods.helper(Names.VERSION, image, SCRIPTS_FOLDER + "/version.sh")
                        .withEnv(dataEnv())
                        .withVolumeMounts(
                            Pods.mount("data", DATA_FOLDER),
                            Pods.readOnlyMount("scripts", SCRIPTS_FOLDER))
                        .build())
                .addToContainers(
                    Pods.container(POSTGRES, image, postgres.resources())
                        .withArgs(arguments(context))
                        .withEnv(
                            Pods.env("POSTGRES_DB", Names.DATABASE),
                            Pods.secretEnv(Names.POSTGRES_USER),
                            Pods.secretEnv(Names.POSTGRES_PASSWORD),
                            dataEnv(),
                            // Read by bash, which the image's entry point is written for.
                            Pods.env("BASH_ENV", SCRIPTS_FOLDER + "/half-made.sh"))
                        .addNewPort()
                        .withName("postgres")
                        .withContainerPort(Names.POSTGRES_PORT)
                        .endPort()
                        .withLifecycle(
                            new LifecycleBuilder()
                                .withNewPostStart()
                                .withNewExec()
                                .withCommand("sh", SCRIPTS_FOLDER + "/start.sh")
                                .endExec()
                                .endPostStart()
                                .build())
                        .withStartupProbe(accepting(2, 150))
                        .withReadinessProbe(accepting(5, 3))
                        .withLivenessProbe(accepting(10, 6))
                        .withVolumeMounts(
                            Pods.mount("data", DATA_FOLDER),
                            Pods.readOnlyMount("init", INIT_FOLDER),
                            Pods.readOnlyMount("scripts", SCRIPTS_FOLDER),
                            Pods.credentialsMount(),
                            Pods.mount("run", "/var/run/postgresql"),
                            Pods.mount("tmp", "/tmp"))
                        .addAllToVolumeMounts(Tls.serverMounts(context, POSTGRES))
                        .build(),
                    Pods.helper(Names.RELOAD, image, SCRIPTS_FOLDER + "/reload.sh")
                        .withEnv(
                            Pods.env("POSTGRES_DB", Names.DATABASE),
                            Pods.secretEnv(Names.POSTGRES_USER))
                        .withReadinessProbe(Pods.roomProbe(SCRIPTS_FOLDER))
                        .withVolumeMounts(
                            Pods.readOnlyMount("data", DATA_FOLDER),
                            Pods.readOnlyMount("scripts", SCRIPTS_FOLDER),
                            Pods.credentialsMount())
                        .addAllToVolumeMounts(Tls.serverMounts(context, POSTGRES))
                        .build())
                .addToVolumes(
                    Pods.configVolume("init", INIT),
                    Pods.configVolume("scripts", SCRIPTS),
                    Pods.credentialsVolume(),
                    Pods.emptyVolume("run"),
                    Pods.emptyVolume("tmp"))
                .addAllToVolumes(Tls.serverVolumes(context, POSTGRES))
                .build())
        .build();
  }

  /** The pod must restart with another one, which the operator allows while there are no data. */
  private static String owner(BlueprintContext context) {
    return switch (context.credentials()) {
      case Credentials.Managed managed -> managed.postgresUser();
      case Credentials.Provided _ -> "";
    };
  }

  private static EnvVar dataEnv() {
    return Pods.env("PGDATA", DATA_FOLDER + "/pgdata");
  }

  /** Over TCP, where the server that the image starts only to initialise does not listen. */
  private static Probe accepting(int period, int failures) {
    return Pods.execProbe(
        period,
        failures,
        "sh",
        "-c",
        "pg_isready -q -h 127.0.0.1 -U \"$POSTGRES_USER\" -d \"$POSTGRES_DB\"");
  }
}
