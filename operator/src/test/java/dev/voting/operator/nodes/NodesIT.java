package dev.voting.operator.nodes;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.Timeout;

/**
 * The operator and what it makes, on a cluster whose nodes run the images: 50 votes a second are
 * cast during each case, and each that was answered 201 is counted in the end. The table of all
 * cases is printed, and written to {@code target/node-suite.md}.
 *
 * <p>It runs with {@code -Dcluster=kubeconfig}, and is skipped on a cluster that has no nodes. A
 * group runs alone by {@code -Dit.test='NodesIT$Pods'}, a case by {@code
 * -Dit.test='NodesIT$Pods#aNodeIsDrained'}.
 *
 * <p>System properties: {@code nodes.registry} and {@code nodes.tag} where the images are not those
 * of {@code deploy/}; {@code nodes.patience}, a factor for slow clusters; {@code nodes.keep} leaves
 * everything to be looked at.
 */
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class NodesIT {

  private static NodeSuite suite;

  @BeforeAll
  static void start() {
    suite = NodeSuite.start();
  }

  @AfterAll
  static void end() {
    if (suite != null) {
      suite.close();
    }
  }

  @Nested
  @Order(1)
  class Pods extends PodCases {
    Pods() {
      super(suite);
    }
  }

  @Nested
  @Order(2)
  class Mistakes extends MistakeCases {
    Mistakes() {
      super(suite);
    }
  }

  @Nested
  @Order(3)
  class Outages extends OutageCases {
    Outages() {
      super(suite);
    }
  }

  @Nested
  @Order(4)
  class Changes extends ChangeCases {
    Changes() {
      super(suite);
    }
  }

  @Nested
  @Order(5)
  class Repairs extends RepairCases {
    Repairs() {
      super(suite);
    }
  }

  @Nested
  @Order(6)
  class Silence extends SilenceCases {
    Silence() {
      super(suite);
    }
  }

  @Nested
  @Order(7)
  class Deletions extends DeletionCases {
    Deletions() {
      super(suite);
    }
  }
}
