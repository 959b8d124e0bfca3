package dev.voting.local.stack;

import dev.voting.crd.VotingApp;
import dev.voting.local.machine.Brief;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Reports when a VotingApp becomes ready or unready, and when it is deleted. */
public final class ReadyChanges implements ResourceEventHandler<VotingApp> {
  private static final int LONGEST = 200;

  private final Consumer<String> messages;
  private final Map<String, Boolean> ready = new ConcurrentHashMap<>();

  public ReadyChanges(Consumer<String> messages) {
    this.messages = messages;
  }

  @Override
  public void onAdd(VotingApp app) {
    ready.put(app.name(), isReady(app));
  }

  @Override
  public void onUpdate(VotingApp before, VotingApp app) {
    boolean now = isReady(app);
    Boolean last = ready.put(app.name(), now);
    if (last != null && last != now) {
      messages.accept(
          "VotingApp %s is %s%s"
              .formatted(
                  app.name(),
                  now ? "ready again" : "not ready",
                  now
                      ? ""
                      : condition(app)
                          .map(Condition::getMessage)
                          .map(message -> ": " + Brief.of(message, LONGEST))
                          .orElse("")));
    }
  }

  @Override
  public void onDelete(VotingApp app, boolean unknown) {
    ready.remove(app.name());
    messages.accept(
        "VotingApp %s is deleted%s"
            .formatted(
                app.name(),
                switch (app.getSpec().deletionPolicy()) {
                  case Retain ->
                      "; its votes are kept: apply a VotingApp of the same name to use them again";
                  case Delete -> ", with its votes";
                }));
  }

  public static boolean isReady(VotingApp app) {
    return condition(app).filter(one -> one.getStatus().equals("True")).isPresent();
  }

  /** The condition Ready, once there is one. */
  public static Optional<Condition> condition(VotingApp app) {
    return app.getStatus() == null
        ? Optional.empty()
        : Optional.ofNullable(app.getStatus().conditions()).orElse(List.of()).stream()
            .filter(condition -> condition.getType().equals("Ready"))
            .findFirst();
  }
}
