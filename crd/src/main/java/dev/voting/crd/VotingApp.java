package dev.voting.crd;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Kind;
import io.fabric8.kubernetes.model.annotation.Plural;
import io.fabric8.kubernetes.model.annotation.ShortNames;
import io.fabric8.kubernetes.model.annotation.Version;
import java.util.List;

/**
 * A complete voting system. Cluster-scoped, because it owns the four namespaces that its name
 * prefixes: {@code voting} makes {@code voting-frontend}, {@code voting-api}, {@code
 * voting-consumer} and {@code voting-data}.
 */
@Group(VotingApp.GROUP)
@Version(VotingApp.VERSION)
@Kind("VotingApp")
@Plural("votingapps")
@ShortNames("va")
@AdditionalPrinterColumn(
    name = "Ready",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].status")
@AdditionalPrinterColumn(
    name = "Reason",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].reason")
@AdditionalPrinterColumn(name = "URL", jsonPath = ".status.url")
@AdditionalPrinterColumn(name = "Poll", jsonPath = ".status.poll.state")
@AdditionalPrinterColumn(name = "Closes", jsonPath = ".status.poll.closesAt")
@AdditionalPrinterColumn(name = "Version", jsonPath = ".status.version")
@AdditionalPrinterColumn(
    name = "Age",
    jsonPath = ".metadata.creationTimestamp",
    type = AdditionalPrinterColumn.Type.DATE)
@AdditionalPrinterColumn(
    name = "Postgres",
    jsonPath = ".status.postgres.ready",
    priority = 1,
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Redis",
    jsonPath = ".status.redis.ready",
    priority = 1,
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "API",
    jsonPath = ".status.api.ready",
    priority = 1,
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Consumer",
    jsonPath = ".status.consumer.ready",
    priority = 1,
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(
    name = "Frontend",
    jsonPath = ".status.frontend.ready",
    priority = 1,
    type = AdditionalPrinterColumn.Type.INTEGER)
@AdditionalPrinterColumn(name = "Deletion", jsonPath = ".status.deletionPolicy", priority = 1)
@AdditionalPrinterColumn(
    name = "Message",
    jsonPath = ".status.conditions[?(@.type==\"Ready\")].message",
    priority = 1)
@ValidationRule(
    value = "self.metadata.name.size() <= 54",
    message =
        "metadata.name must be no more than 54 characters, because it prefixes the names of"
            + " namespaces such as <name>-frontend, which end at 63: choose a shorter name")
@ValidationRule(
    value = "!self.metadata.name.contains('.')",
    message =
        "metadata.name must not contain a dot, because it prefixes the names of namespaces:"
            + " use a dash instead")
@JsonDeserialize(using = VotingAppDeserializer.class)
public class VotingApp extends CustomResource<VotingAppSpec, VotingAppStatus> {

  private static final long serialVersionUID = 1L;

  /** The API group. */
  public static final String GROUP = "voting.dev";

  /** The API version. */
  public static final String VERSION = "v1alpha1";

  /** No part of the resource, so it is not serialized. */
  private transient List<UnreadableField> unreadable = List.of();

  @Override
  protected VotingAppSpec initSpec() {
    return VotingAppSpec.DEFAULTS;
  }

  @Override
  protected VotingAppStatus initStatus() {
    return null;
  }

  /**
   * The name, which prefixes the four namespaces.
   *
   * @return {@code metadata.name}
   */
  @JsonIgnore
  public String name() {
    return getMetadata().getName();
  }

  /**
   * The fields of the spec whose values this version does not understand. The spec has their
   * defaults instead, so it is not what the user asked for.
   *
   * @return empty as long as all is understood
   */
  public List<UnreadableField> unreadable() {
    return unreadable == null ? List.of() : unreadable;
  }

  /**
   * Remembers which fields were not understood, as a copy by JSON does not.
   *
   * @param fields of the spec
   */
  public void unreadable(List<UnreadableField> fields) {
    unreadable = List.copyOf(fields);
  }
}
