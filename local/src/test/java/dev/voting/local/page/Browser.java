package dev.voting.local.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.json.Json;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A person's browser: one headless Chromium with a profile of its own, and the page in it. */
final class Browser implements AutoCloseable {
  private static final String AXE = resource("/axe.min.js");
  private static final String RUN_AXE = resource("run-axe.js");

  /** What the page takes for one burst of clicks, and a little more. */
  private static final long BURST_NANOS = Duration.ofMillis(800).toNanos();

  private final ChromeDriver driver;
  private long lastClick = System.nanoTime() - BURST_NANOS;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  /** Starts a browser, or skips the test when there is none. */
  static Browser start() {
    var service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(Installed.chromedriver().toFile())
            .usingAnyFreePort()
            .withSilent(true)
            .build();
    var logging = new LoggingPreferences();
    logging.enable(LogType.BROWSER, Level.ALL);
    logging.enable(LogType.PERFORMANCE, Level.ALL);
    var options = new ChromeOptions();
    options.setBinary(Installed.chromium().toFile());
    options.setCapability(ChromeOptions.LOGGING_PREFS, logging);
    options.addArguments(
        "--headless=new",
        // Chromium's sandbox refuses to run as root, and the containers of a CI often do.
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--no-proxy-server",
        "--disable-background-networking",
        // Nothing but this machine, whatever the page or the browser itself should ask for.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1");
    return new Browser(new ChromeDriver(service, options));
  }

  @Override
  public void close() {
    driver.quit();
  }

  /** A fresh tab in the place of the present one, at desktop size, with nothing emulated. */
  void reset() {
    String old = driver.getWindowHandle();
    driver.switchTo().newWindow(WindowType.TAB);
    String fresh = driver.getWindowHandle();
    driver.switchTo().window(old).close();
    driver.switchTo().window(fresh);
    devtools("Network.enable", Map.of());
    size(1100, 860);
    drainLogs();
  }

  void open(String url) {
    driver.get(url);
  }

  void reload() {
    driver.navigate().refresh();
  }

  // What the person sees

  String text(String selector) {
    return element(selector).getText();
  }

  String attribute(String selector, String name) {
    return element(selector).getDomAttribute(name);
  }

  boolean visible(String selector) {
    return driver.findElements(By.cssSelector(selector)).stream().anyMatch(WebElement::isDisplayed);
  }

  long votes(String option) {
    String count = text(".standings [data-option=%s] .count".formatted(option));
    return count.isEmpty() ? -1 : Long.parseLong(count.replaceAll("\\D", ""));
  }

  double barWidth(String option) {
    return ((Number)
            run("return document.querySelector(arguments[0]).offsetWidth", segment(option)))
        .doubleValue();
  }

  private static String segment(String option) {
    return ".segment[data-option=%s]".formatted(option);
  }

  String connection() {
    return text("#connection");
  }

  // What the person does

  /** Clicks, with thought: not so soon after the last click that it would be one of a burst. */
  void click(String selector) {
    takeThought();
    element(selector).click();
    lastClick = System.nanoTime();
  }

  /** Votes as soon as the page takes a vote. */
  void vote(String option) {
    takeThought();
    String choice = choice(option);
    await(Duration.ofSeconds(10)).until(() -> "false".equals(attribute(choice, "aria-disabled")));
    element(choice).click();
    lastClick = System.nanoTime();
  }

  /** Votes right after many votes that others have sent from the same address. */
  void voteAfterOthersFromHere(String option) {
    takeThought();
    String choice = choice(option);
    await(Duration.ofSeconds(10)).until(() -> "false".equals(attribute(choice, "aria-disabled")));
    driver.executeAsyncScript(resource("vote-after-others.js"), choice);
    lastClick = System.nanoTime();
  }

  /** Clicks again and again, with so long between two clicks. */
  void clickInABurst(String option, Duration... gaps) {
    takeThought();
    var burst = new Actions(driver).moveToElement(element(choice(option))).click();
    for (Duration gap : gaps) {
      burst.pause(gap).click();
    }
    burst.perform();
    lastClick = System.nanoTime();
  }

  private static String choice(String option) {
    return ".choice[data-option=%s]".formatted(option);
  }

  private void takeThought() {
    await(Duration.ofSeconds(5)).until(() -> System.nanoTime() - lastClick > BURST_NANOS);
  }

  /** Presses these keys at once, with thought before the first, as for a click. */
  void press(CharSequence... keys) {
    takeThought();
    new Actions(driver).sendKeys(keys).perform();
    lastClick = System.nanoTime();
  }

  /** Holds Enter until it has been repeated so often. */
  void holdEnter(int repetitions) {
    takeThought();
    for (int i = 0; i <= repetitions; i++) {
      enter("keyDown", i > 0);
    }
    enter("keyUp", false);
    lastClick = System.nanoTime();
  }

  private void enter(String type, boolean repeated) {
    devtools(
        "Input.dispatchKeyEvent",
        Map.of(
            "type",
            type,
            "key",
            "Enter",
            "code",
            "Enter",
            "text",
            type.equals("keyDown") ? "\r" : "",
            "windowsVirtualKeyCode",
            13,
            "autoRepeat",
            repeated));
  }

  void pressShiftTab() {
    new Actions(driver).keyDown(Keys.SHIFT).sendKeys(Keys.TAB).keyUp(Keys.SHIFT).perform();
  }

  /** Presses Tab until this element has the focus, as many times as the page has buttons. */
  void tabTo(String selector) {
    for (int presses = 0; presses < 30; presses++) {
      tab();
      if (focused(selector)) {
        return;
      }
    }
    throw new AssertionError("Tab never reaches " + selector);
  }

  void tab() {
    new Actions(driver).sendKeys(Keys.TAB).perform();
  }

  boolean focused(String selector) {
    return (boolean) run("return document.activeElement?.matches(arguments[0]) ?? false", selector);
  }

  ConditionFactory await(Duration limit) {
    return Awaitility.await()
        .atMost(limit)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(25))
        .ignoreExceptionsInstanceOf(WebDriverException.class);
  }

  // What surrounds the person

  void size(int width, int height) {
    devtools(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  /** Sets media features, such as prefers-color-scheme; those not named become what is usual. */
  void prefers(Map<String, String> features) {
    var list =
        features.entrySet().stream()
            .map(feature -> Map.of("name", feature.getKey(), "value", feature.getValue()))
            .toList();
    devtools("Emulation.setEmulatedMedia", Map.of("features", list));
  }

  /** The person's own text size, in percent of what is usual. */
  void textSize(int percent) {
    run("document.documentElement.style.fontSize = arguments[0] + '%'", percent);
  }

  /**
   * From the next page on, time passes only by {@link #advance}, until {@link #reset}. Timers,
   * {@code Date.now} and {@code performance.now} follow; the time of clicks does not.
   */
  void stopTime() {
    devtools(
        "Page.addScriptToEvaluateOnNewDocument", Map.of("source", resource("manual-clock.js")));
  }

  void advance(Duration time) {
    run("manualClock.advance(arguments[0])", time.toMillis());
  }

  void withoutJavaScript() {
    devtools("Emulation.setScriptExecutionDisabled", Map.of("value", true));
  }

  void offline() {
    network(true, Duration.ZERO);
  }

  void online() {
    network(false, Duration.ZERO);
  }

  /** Every answer takes this much longer. Requests still leave at once. */
  void slow(Duration latency) {
    network(false, latency);
  }

  private void network(boolean offline, Duration latency) {
    devtools(
        "Network.emulateNetworkConditions",
        Map.of(
            "offline",
            offline,
            "latency",
            latency.toMillis(),
            "downloadThroughput",
            -1,
            "uploadThroughput",
            -1));
  }

  /** Lets requests to these addresses fail. None: lets all pass again. */
  void block(String... patterns) {
    devtools("Network.setBlockedURLs", Map.of("urls", List.of(patterns)));
  }

  // What a developer sees

  Object run(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Runs a script that stands in a file beside this class. */
  Object runFile(String name) {
    return driver.executeScript(resource(name));
  }

  /** Runs a script of a file that ends when it calls its last argument. */
  Object runLong(Duration limit, String name, Object... arguments) {
    driver.manage().timeouts().scriptTimeout(limit);
    return driver.executeAsyncScript(resource(name), arguments);
  }

  /**
   * Warnings and errors of the console since {@link #reset()}, refused content included. Chromium
   * itself calls an error what says that there is no poll.
   */
  List<String> consoleProblems() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .filter(line -> !(line.contains("/api/poll") && line.contains("404")))
        .toList();
  }

  /** The Idempotency-Key of every vote that this tab sent since the last call, in order. */
  List<String> idempotencyKeys() {
    List<String> keys = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      Map<?, ?> message = (Map<?, ?>) json(entry.getMessage()).get("message");
      if ("Network.requestWillBeSent".equals(message.get("method"))) {
        Map<?, ?> request = (Map<?, ?>) ((Map<?, ?>) message.get("params")).get("request");
        if (request.get("url").toString().endsWith("/api/vote")) {
          keys.add(((Map<?, ?>) request.get("headers")).get("Idempotency-Key").toString());
        }
      }
    }
    return keys;
  }

  /** What the accessibility scanner objects to, one line for each rule. */
  List<?> accessibilityViolations() {
    driver.executeScript(AXE);
    return (List<?>) driver.executeAsyncScript(RUN_AXE);
  }

  /** By how many pixels the page is wider than the window; 0 when nothing must be scrolled. */
  long overflow() {
    return (long) run("return document.documentElement.scrollWidth - innerWidth");
  }

  /** A picture of the whole page. */
  void screenshot(Path file) {
    // Asked for now: what the browser itself takes for the page's size may be from another look.
    List<?> size = (List<?>) run("return [innerWidth, document.documentElement.scrollHeight]");
    Map<String, Object> picture =
        devtools(
            "Page.captureScreenshot",
            Map.of(
                "format",
                "png",
                "captureBeyondViewport",
                true,
                "clip",
                Map.of("x", 0, "y", 0, "width", size.get(0), "height", size.get(1), "scale", 1)));
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(picture.get("data").toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private WebElement element(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  private Map<String, Object> devtools(String command, Map<String, Object> parameters) {
    return driver.executeCdpCommand(command, parameters);
  }

  private void drainLogs() {
    driver.manage().logs().get(LogType.BROWSER);
    driver.manage().logs().get(LogType.PERFORMANCE);
  }

  private static Map<?, ?> json(String text) {
    return new Json().toType(text, Json.MAP_TYPE);
  }

  private static String resource(String name) {
    try (var file = Browser.class.getResourceAsStream(name)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
