package dev.voting.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.voting.operator.testing.ClusterTests;
import dev.voting.operator.testing.Subjects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many VotingApps at once. */
class ManyIT extends ClusterTests {

  private static final int MANY = 50;

  @Test
  void doNotDisturbEachOther() {
    var many = Stream.generate(this::subject).limit(MANY).toList();
    many.forEach(subject -> subject.apply("{}"));
    Subjects.awaitReady(many);
    assertThat(many)
        .extracting(subject -> subject.decoded(subject.names.dataNamespace()))
        .doesNotHaveDuplicates();
  }
}
