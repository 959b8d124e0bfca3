package dev.voting.local.commands;

import dev.voting.crd.PollSpec;
import dev.voting.crd.VotingApp;
import dev.voting.crd.VotingAppStatus;
import dev.voting.local.errors.CommandException;
import dev.voting.local.errors.ExitCodes;
import dev.voting.local.errors.InvalidInput;
import dev.voting.local.output.TokenSheet;
import dev.voting.local.output.TokenSheet.Card;
import dev.voting.operator.blueprint.Names;
import dev.voting.runtime.BallotToken;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints the voters' links of a poll with ballots per Token. */
@Command(
    name = "tokens",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints the voters' links of a poll with ballots.per Token, one a line, or writes a sheet of"
          + " cards with QR codes to print. Each link is one voter: whoever has it can vote.",
      "Of the cluster of KUBECONFIG, or else of the votingapp of this machine. Needs the right to read"
          + " the Secret voting-secrets in the VotingApp's api namespace. Nothing is stored: the same"
          + " links are printed each time."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the links are printed, or the sheet is written",
      "1:no cluster, no such VotingApp or no key yet, or the sheet cannot be written",
      "2:the command line is invalid, or the VotingApp has no tokens"
    })
public final class TokensCommand implements Callable<Integer> {
  private static final int MOST_CARDS = 5_000;

  private final Supplier<KubernetesClient> cluster;
  private final Supplier<Optional<String>> page;

  @Parameters(paramLabel = "NAME", description = "the VotingApp")
  private String name;

  @Option(
      names = "--from",
      paramLabel = "N",
      defaultValue = "1",
      description = "the first voter (default: ${DEFAULT-VALUE})")
  private int from;

  @Option(
      names = "--to",
      paramLabel = "N",
      description = "the last voter (default: spec.poll.ballots.tokens)")
  private Integer to;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "where people vote (default: status.url)")
  private String url;

  @Option(
      names = "--sheet",
      paramLabel = "FILE",
      description =
          "write a page of cards with QR codes to this file, which only you can read, instead of"
              + " printing links; at most 5000 at once")
  private Path sheet;

  @Spec private CommandSpec spec;

  /**
   * The command, on a given cluster.
   *
   * @param cluster makes a client, which is closed at the end
   * @param page where people vote if the cluster is that of this machine
   */
  public TokensCommand(Supplier<KubernetesClient> cluster, Supplier<Optional<String>> page) {
    this.cluster = cluster;
    this.page = page;
  }

  @Override
  public Integer call() {
    try (KubernetesClient client = cluster.get()) {
      VotingApp app = app(client);
      PollSpec poll = app.getSpec().poll();
      int last = last(poll);
      String address = address(app);
      byte[] key = key(client);
      Stream<Card> cards =
          IntStream.rangeClosed(from, last)
              .mapToObj(
                  serial -> new Card(serial, address + "#token=" + BallotToken.of(key, serial)));
      if (sheet == null) {
        cards.map(Card::link).forEach(spec.commandLine().getOut()::println);
      } else {
        TokenSheet.write(sheet, poll.title(), cards);
        spec.commandLine()
            .getErr()
            .printf(
                "%s has the links of voters %d to %d: print it, then delete it. Whoever has it can"
                    + " vote for all of them.%n",
                sheet, from, last);
      }
    } catch (KubernetesClientException e) {
      throw new CommandException(
          "the cluster refuses: "
              + (e.getStatus() == null ? e.getMessage() : e.getStatus().getMessage()),
          e);
    }
    return ExitCodes.OK;
  }

  private VotingApp app(KubernetesClient client) {
    return Optional.ofNullable(client.resources(VotingApp.class).withName(name).get())
        .orElseThrow(() -> new CommandException("there is no VotingApp " + name));
  }

  /** The last voter asked for. */
  private int last(PollSpec poll) {
    if (poll == null) {
      throw new InvalidInput(name + " has no spec.poll: everybody can vote without a link");
    }
    PollSpec.Ballots ballots = poll.ballots();
    if (ballots.per() != PollSpec.Per.Token) {
      throw new InvalidInput(
          "spec.poll.ballots.per of %s is %s: only with Token each voter has a link"
              .formatted(name, ballots.per()));
    }
    int tokens = ballots.tokens();
    int last = to == null ? tokens : to;
    if (from < 1 || last < from || last > tokens) {
      throw new InvalidInput(
          "--from, --to: %s has the voters 1 to %d (spec.poll.ballots.tokens)"
              .formatted(name, tokens));
    }
    if (sheet != null && last - from >= MOST_CARDS) {
      throw new InvalidInput(
          "--sheet: at most %d cards at once: use --from and --to".formatted(MOST_CARDS));
    }
    return last;
  }

  private String address(VotingApp app) {
    String given =
        Optional.ofNullable(url)
            .or(page)
            .or(() -> Optional.ofNullable(app.getStatus()).map(VotingAppStatus::url))
            .orElseThrow(
                () ->
                    new InvalidInput(
                        name + " has no status.url yet: say with --url where people vote"));
    try {
      URI uri = URI.create(given);
      if (uri.getHost() == null
          || uri.getRawQuery() != null
          || uri.getRawFragment() != null
          || !Stream.of("http", "https").anyMatch(uri.getScheme()::equals)) {
        throw new InvalidInput("--url: must be like https://vote.example.org/");
      }
    } catch (IllegalArgumentException e) {
      throw new InvalidInput("--url: must be like https://vote.example.org/");
    }
    return given.endsWith("/") ? given : given + "/";
  }

  private byte[] key(KubernetesClient client) {
    String namespace = new Names(name).apiNamespace();
    return Optional.ofNullable(
            client.secrets().inNamespace(namespace).withName(Names.CREDENTIALS).get())
        .map(secret -> secret.getData())
        .map(data -> data.get(Names.BALLOT_KEY))
        .map(value -> Base64.getDecoder().decode(value))
        .orElseThrow(
            () ->
                new CommandException(
                    "Secret %s in %s has no %s yet: wait until VotingApp %s is Ready"
                        .formatted(Names.CREDENTIALS, namespace, Names.BALLOT_KEY, name)));
  }
}
