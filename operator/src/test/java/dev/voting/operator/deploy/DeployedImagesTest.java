package dev.voting.operator.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingApp;
import dev.voting.operator.blueprint.Certificates;
import dev.voting.operator.blueprint.Credentials;
import dev.voting.operator.blueprint.Images;
import dev.voting.operator.blueprint.components.BlueprintRenderer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** The images that the build makes are those that the manifests and the blueprint name. */
class DeployedImagesTest {

  /** What an image is named, and the user that it runs as. */
  private record Image(String name, String user) {}

  @Test
  void theOperatorsOwn() throws Exception {
    var objects =
        new KubernetesSerialization()
            .<List<HasMetadata>>unmarshal(Files.readString(Path.of("../deploy/deployment.yaml")));
    assertThat(images(objects.stream())).containsExactly(Map.entry("operator", built("operator")));
  }

  @Test
  void thoseOfTheRuntimes() throws Exception {
    var app = new VotingApp();
    app.getMetadata().setName("voting");
    var blueprint =
        BlueprintRenderer.render(
            app, new Credentials.Provided(Map.of()), new Certificates.None(), Images.CURRENT);
    assertThat(images(blueprint.objects()))
        .containsEntry("api", built("runtime-api"))
        .containsEntry("consumer", built("runtime-consumer"));
  }

  private static Map<String, Image> images(Stream<HasMetadata> objects) {
    return objects
        .flatMap(DeployedImagesTest::pods)
        .collect(
            Collectors.toMap(
                pod -> pod.getContainers().getFirst().getName(),
                pod ->
                    new Image(
                        pod.getContainers().getFirst().getImage(),
                        pod.getSecurityContext().getRunAsUser().toString())));
  }

  private static Stream<PodSpec> pods(HasMetadata object) {
    return switch (object) {
      case Deployment deployment -> Stream.of(deployment.getSpec().getTemplate().getSpec());
      case Job job -> Stream.of(job.getSpec().getTemplate().getSpec());
      default -> Stream.empty();
    };
  }

  private static Image built(String module) throws Exception {
    var pom = root("../" + module + "/pom.xml");
    return new Image(
        "%s/%s:%s"
            .formatted(
                text(root("../pom.xml"), "image.registry"),
                text(pom, "image.name"),
                Images.CURRENT.version()),
        text(pom, "image.user"));
  }

  private static Element root(String file) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(Path.of(file).toFile())
        .getDocumentElement();
  }

  private static String text(Element root, String property) {
    return root.getElementsByTagName(property).item(0).getTextContent();
  }
}
