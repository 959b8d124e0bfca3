package dev.voting.servers.kubernetes;

import io.fabric8.kubernetes.client.Client;
import io.fabric8.kubernetes.client.NamespacedKubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServerExtension;
import java.lang.reflect.Field;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ModifierSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * fabric8's JUnit extension with the API in memory behind its server: in place of
 * {@code @EnableKubernetesMockClient(crud = true)} a test says
 * {@code @ExtendWith(InMemoryKubernetesExtension.class)}, and keeps its fields of a client and of a
 * {@link KubernetesMockServer}. A field of {@link InMemoryKubernetes} is set too. Those that are
 * static are of one server for all tests of the class, the others of one for each test.
 */
public final class InMemoryKubernetesExtension extends KubernetesMockServerExtension {

  private static final Namespace NAMESPACE = Namespace.create(InMemoryKubernetesExtension.class);

  private record Running(InMemoryKubernetes kubernetes, NamespacedKubernetesClient client) {
    static Running start() {
      InMemoryKubernetes kubernetes = InMemoryKubernetes.start();
      return new Running(kubernetes, kubernetes.mockServer().createClient());
    }

    void stop() {
      client.close();
      kubernetes.close();
    }

    void set(Field field, Object instance) throws IllegalAccessException {
      Class<?> type = field.getType();
      field.setAccessible(true);
      field.set(
          instance,
          type == InMemoryKubernetes.class
              ? kubernetes
              : type == KubernetesMockServer.class
                  ? kubernetes.mockServer()
                  : client.adapt(type.asSubclass(Client.class)));
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    List<Field> fields = fields(context.getRequiredTestClass(), ModifierSupport::isStatic);
    if (!fields.isEmpty()) {
      Running running = start(context);
      for (Field field : fields) {
        running.set(field, null);
      }
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    Running running = start(context);
    for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
      for (Field field : fields(instance.getClass(), ModifierSupport::isNotStatic)) {
        running.set(field, instance);
      }
    }
  }

  private static List<Field> fields(Class<?> type, Predicate<Field> which) {
    return ReflectionSupport.findFields(
        type,
        which.and(
            field ->
                field.getType() == InMemoryKubernetes.class
                    || field.getType() == KubernetesMockServer.class
                    || Client.class.isAssignableFrom(field.getType())),
        HierarchyTraversalMode.TOP_DOWN);
  }

  private static Running start(ExtensionContext context) {
    Running running = Running.start();
    context.getStore(NAMESPACE).put(context.getUniqueId(), running);
    return running;
  }

  @Override
  public void afterEach(ExtensionContext context) {
    stop(context);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    stop(context);
  }

  private static void stop(ExtensionContext context) {
    Running running = context.getStore(NAMESPACE).remove(context.getUniqueId(), Running.class);
    if (running != null) {
      running.stop();
    }
  }
}
