package dev.voting.crd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

class CrdFileTest {

  @Test
  void committedCrdIsWhatTheRecordsSay() throws IOException {
    var generated = CrdFile.generate();
    if (System.getProperty("crd.write") != null) {
      Files.writeString(CrdFile.COMMITTED, generated);
    }
    assertThat(CrdFile.COMMITTED)
        .as("run: mvn -pl crd test -Dcrd.write -Dtest=CrdFileTest")
        .hasContent(generated);
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
