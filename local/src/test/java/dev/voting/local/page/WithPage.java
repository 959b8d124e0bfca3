package dev.voting.local.page;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/**
 * Tests of the page in one real browser, before an API that does what the test says, and a clock
 * likewise.
 */
abstract class WithPage {
  static Browser browser;
  FakeSystem system;

  @BeforeAll
  static void startBrowser() {
    browser = Browser.start();
  }

  @AfterAll
  static void stopBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void startSystem() throws IOException {
    system = FakeSystem.start();
    browser.reset();
    browser.stopTime();
  }

  @AfterEach
  void closeSystem() {
    system.close();
  }
}
