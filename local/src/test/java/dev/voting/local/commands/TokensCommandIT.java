package dev.voting.local.commands;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.crd.VotingAppCrd;
import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.InvalidInput;
import dev.voting.runtime.BallotToken;
import dev.voting.servers.kubernetes.InMemoryKubernetesExtension;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The links of {@code tokens}. */
@ExtendWith(InMemoryKubernetesExtension.class)
class TokensCommandIT {
  private static final String KEY = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

  private KubernetesClient client;
  private KubernetesMockServer server;
  private final StringWriter printed = new StringWriter();
  private Exception problem;
  private Optional<String> page = Optional.empty();

  @TempDir private Path folder;

  @BeforeEach
  void create() {
    client.resource(VotingAppCrd.read()).create();
    create(
        """
        ---
        {apiVersion: v1, kind: Namespace, metadata: {name: council-api}}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: voting-secrets, namespace: council-api}
        stringData: {BALLOT_KEY: %s}
        ---
        apiVersion: voting.dev/v1alpha1
        kind: VotingApp
        metadata: {name: council}
        spec:
          poll:
            title: Lunch?
            options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}]
            ballots: {per: Token, changeable: true, tokens: 500}
        ---
        apiVersion: voting.dev/v1alpha1
        kind: VotingApp
        metadata: {name: browsers}
        spec:
          poll:
            title: Lunch?
            options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}]
            ballots: {per: Browser, changeable: true}
        ---
        {apiVersion: voting.dev/v1alpha1, kind: VotingApp, metadata: {name: plain}, spec: {}}
        ---
        apiVersion: voting.dev/v1alpha1
        kind: VotingApp
        metadata: {name: young}
        spec:
          poll:
            title: Lunch?
            options: [{key: pizza, label: Pizza}, {key: salad, label: Salad}]
            ballots: {per: Token, changeable: true, tokens: 5}
        """
            .formatted(KEY));
  }

  private void create(String objects) {
    client.load(new ByteArrayInputStream(objects.getBytes(UTF_8))).create();
  }

  @Test
  void eachVoterHasALinkThatTheApiAdmits() {
    assertThat(run("council", "--url", "https://vote.example.org")).isZero();
    List<String> links = printed.toString().lines().toList();
    assertThat(links).hasSize(500).doesNotHaveDuplicates();
    assertThat(links.get(136)).isEqualTo("https://vote.example.org/#token=137-ms3ht6p9aehr3005");
    for (int serial = 1; serial <= 500; serial++) {
      String token = links.get(serial - 1).replaceAll(".*=", "");
      assertThat(BallotToken.serial(KEY.getBytes(UTF_8), token)).hasValue(serial);
    }
  }

  @Test
  void onlyThoseAskedFor() {
    assertThat(run("council", "--from", "137", "--to", "138", "--url", "http://localhost:8080/"))
        .isZero();
    assertThat(printed.toString().lines())
        .hasSize(2)
        .first()
        .isEqualTo("http://localhost:8080/#token=137-ms3ht6p9aehr3005");
  }

  /** The host of the spec does not answer on this machine. */
  @Test
  void theAddressIsThatOfThisMachineOrOfTheStatus() {
    assertThat(run("council", "--to", "1")).isNotZero();
    assertThat(problem).isInstanceOf(InvalidInput.class).hasMessageContaining("--url");
    page = Optional.of("http://localhost:8080/");
    assertThat(run("council", "--to", "1")).isZero();
    assertThat(printed.toString()).startsWith("http://localhost:8080/#token=1-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "plain | plain has no spec.poll",
        "browsers | spec.poll.ballots.per of browsers is Browser",
        "council --to 501 | council has the voters 1 to 500",
        "council --from 0 | council has the voters 1 to 500",
        "council --from 9 --to 8 | council has the voters 1 to 500",
        "council --url ftp://vote.example.org | must be like https://vote.example.org/",
        "council --url https://vote.example.org/#x | must be like https://vote.example.org/",
      })
  void whatIsNotPossibleIsSaid(String arguments, String message) {
    assertThat(run(arguments.split(" "))).isNotZero();
    assertThat(problem).isInstanceOf(InvalidInput.class).hasMessageContaining(message);
  }

  @Test
  void withoutAVotingAppOrAKeyThereAreNone() {
    assertThat(run("nobody", "--url", "http://localhost/")).isNotZero();
    assertThat(problem)
        .isExactlyInstanceOf(CommandException.class)
        .hasMessage("there is no VotingApp nobody");
    assertThat(run("young", "--url", "http://localhost/")).isNotZero();
    assertThat(problem)
        .isExactlyInstanceOf(CommandException.class)
        .hasMessageContaining("Secret voting-secrets in young-api has no BALLOT_KEY yet");
  }

  @Test
  void aSheetHasTheSameLinks() throws Exception {
    Path sheet = folder.resolve("sheet.html");
    assertThat(run("council", "--url", "https://vote.example.org", "--sheet", sheet.toString()))
        .isZero();
    assertThat(printed.toString()).as("no link is printed").isEmpty();
    assertThat(Files.readString(sheet))
        .contains("https://vote.example.org/#token=137-ms3ht6p9aehr3005", "Lunch?")
        .contains("No. 500")
        .doesNotContain(KEY);
  }

  private int run(String... arguments) {
    printed.getBuffer().setLength(0);
    problem = null;
    var command = new TokensCommand(server::createClient, () -> page);
    return new CommandLine(command)
        .setOut(new PrintWriter(printed, true))
        .setErr(new PrintWriter(new StringWriter(), true))
        .setExecutionExceptionHandler(
            (thrown, _, _) -> {
              problem = thrown;
              return 1;
            })
        .execute(arguments);
  }
}
