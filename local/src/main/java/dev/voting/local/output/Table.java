package dev.voting.local.output;

import com.fasterxml.jackson.databind.JsonNode;
import dev.voting.local.errors.CommandException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Objects of one kind in the columns that the API server gives them, as kubectl prints them. */
public record Table(JsonNode answer) {
  private static final String ACCEPT = "application/json;as=Table;v=v1;g=meta.k8s.io";

  /**
   * Asks the API server.
   *
   * @param namespace null for all
   * @param name null for all
   * @param selector of labels; null for all
   */
  public static Table fetch(
      KubernetesClient client,
      ResourceDefinitionContext kind,
      String namespace,
      String name,
      String selector) {
    String group = kind.getGroup().isEmpty() ? "api/" : "apis/" + kind.getGroup() + "/";
    String place = namespace == null ? "" : "namespaces/" + namespace + "/";
    String query =
        "?labelSelector="
            + encoded(selector == null ? "" : selector)
            + "&fieldSelector="
            + encoded(name == null ? "" : "metadata.name=" + name);
    var http = client.getHttpClient();
    var request =
        http.newHttpRequestBuilder()
            .uri(
                URI.create(
                    client.getMasterUrl()
                        + group
                        + kind.getVersion()
                        + "/"
                        + place
                        + kind.getPlural()
                        + query))
            .header("Accept", ACCEPT)
            .build();
    var answer = http.sendAsync(request, String.class).join();
    JsonNode body = client.getKubernetesSerialization().unmarshal(answer.body(), JsonNode.class);
    if (!answer.isSuccessful()) {
      throw new CommandException(body.path("message").asText());
    }
    return new Table(body);
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  public boolean isEmpty() {
    return answer.path("rows").isEmpty();
  }

  /**
   * A line for the titles and one for each object.
   *
   * @param namespaced whether a first column names each object's namespace
   * @param page the URL of a VotingApp on this machine, whatever its host is
   */
  public List<String> lines(boolean namespaced, String page) {
    List<JsonNode> columns = list("columnDefinitions");
    List<Integer> shown =
        IntStream.range(0, columns.size())
            .filter(i -> columns.get(i).path("priority").asInt() == 0)
            .boxed()
            .toList();
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        line(
            namespaced ? "NAMESPACE" : null,
            shown.stream().map(i -> title(columns.get(i)).toUpperCase(Locale.ROOT)).toList()));
    list("rows").stream()
        .sorted(
            Comparator.comparing(row -> metadata(row, "namespace") + "/" + metadata(row, "name")))
        .forEach(
            row ->
                lines.add(
                    line(
                        namespaced ? metadata(row, "namespace") : null,
                        shown.stream()
                            .map(i -> cell(title(columns.get(i)), row.at("/cells/" + i), page))
                            .toList())));
    return Columns.lines("", lines);
  }

  private List<JsonNode> list(String field) {
    return StreamSupport.stream(answer.path(field).spliterator(), false).toList();
  }

  private static List<String> line(String namespace, List<String> cells) {
    List<String> line = new ArrayList<>(cells);
    if (namespace != null) {
      line.addFirst(namespace);
    }
    return line;
  }

  private static String title(JsonNode column) {
    return column.path("name").asText();
  }

  private static String metadata(JsonNode row, String field) {
    return row.at("/object/metadata/" + field).asText();
  }

  private static String cell(String title, JsonNode cell, String page) {
    return title.equals("URL") && !cell.asText().isEmpty() ? page : cell.asText();
  }
}
