package dev.voting.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class CrdFileTest {

  @Test
  void committedCrdIsWhatTheRecordsSay() throws IOException {
    var generated = CrdFile.generate();
    if (System.getProperty("crd.write") != null) {
      assertNothingBreaks(generated);
      Files.writeString(CrdFile.COMMITTED, generated);
    }
    assertThat(CrdFile.COMMITTED)
        .as("run: mvn -pl crd test -Dcrd.write -Dtest=CrdFileTest")
        .hasContent(generated);
  }

  /** Before the committed one is gone, with which it can be compared. */
  private static void assertNothingBreaks(String generated) throws IOException {
    var serialization = new KubernetesSerialization();
    assertThat(
            CrdCompatibility.breaks(
                serialization.unmarshal(
                    Files.readString(CrdFile.COMMITTED), CustomResourceDefinition.class),
                serialization.unmarshal(generated, CustomResourceDefinition.class)))
        .as("breaks what is installed: keep the field, or make another version of the API")
        .isEmpty();
  }

  @Test
  void committedPageIsWhatTheCrdSays() throws IOException {
    var generated = SpecPage.generate();
    if (System.getProperty("crd.write") != null) {
      Files.writeString(SpecPage.COMMITTED, generated);
    }
    assertThat(SpecPage.COMMITTED).as("run: mvn -pl crd test -Dcrd.write").hasContent(generated);
  }
}
