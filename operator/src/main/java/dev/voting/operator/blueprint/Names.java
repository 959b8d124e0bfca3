package dev.voting.operator.blueprint;

import java.util.List;

/**
 * The names that other people meet: namespaces, Secrets, labels, ports, keys.
 *
 * @param app the VotingApp's name, which prefixes its namespaces
 */
public record Names(String app) {

  /** The operator's name, as {@code app.kubernetes.io/managed-by} and as field manager. */
  public static final String OPERATOR = "votingapp-operator";

  /** Every managed object carries it, with {@link #OPERATOR}. */
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Every managed object carries it, with the VotingApp's name. */
  public static final String INSTANCE = "app.kubernetes.io/instance";

  /** Every managed object carries it, with one of the component names below. */
  public static final String COMPONENT = "app.kubernetes.io/component";

  /** A namespace's own name, as Kubernetes itself labels it. */
  public static final String NAMESPACE_NAME = "kubernetes.io/metadata.name";

  /** Annotation of pod templates: changes when what the pod reads changes, and so rolls it. */
  public static final String CHECKSUM = "voting.dev/checksum";

  /** Annotation of pods: the container that kubectl means when none is named. */
  public static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

  /** The container beside a server that brings changed credentials into it. */
  public static final String RELOAD = "reload";

  /** The init container that reports the versions of PostgreSQL and of its data. */
  public static final String VERSION = "version";

  public static final String FRONTEND = "frontend";
  public static final String API = "api";
  public static final String CONSUMER = "consumer";

  /** What declares a poll; no component of a VotingApp without one. */
  public static final String POLL = "poll";

  public static final String POSTGRES = "postgres";
  public static final String REDIS = "redis";

  /** The Secret with a namespace's credentials. */
  public static final String CREDENTIALS = "voting-secrets";

  /** Keys of the Secret {@link #CREDENTIALS} in the data namespace. */
  public static final String POSTGRES_USER = "POSTGRES_USER";

  public static final String POSTGRES_PASSWORD = "POSTGRES_PASSWORD";
  public static final String REDIS_PASSWORD = "REDIS_PASSWORD";

  /** The rotation that the logins in use came with: the last {@code spec.secrets.rotate}. */
  public static final String ROTATION = "ROTATION";

  /** Which logins are in use, the first or the second ones of the components. */
  public static final String LOGINS_IN_USE = "LOGINS_IN_USE";

  /** Keys of the Secret {@link #CREDENTIALS} in the api and consumer namespaces. */
  public static final String DATABASE_URL = "DATABASE_URL";

  public static final String REDIS_URL = "REDIS_URL";

  /**
   * Key of the Secret {@link #CREDENTIALS} in the data and api namespaces: what the voters' tokens
   * and cookies are made with. It stays, or the tokens that were handed out would be worth nothing.
   */
  public static final String BALLOT_KEY = "BALLOT_KEY";

  /**
   * The Secret with the operator's own CA in the data namespace, and the ConfigMap with its
   * certificate in its clients'.
   */
  public static final String AUTHORITY = "voting-ca";

  /** Keys of a Secret with a certificate. */
  public static final String TLS_CERTIFICATE = "tls.crt";

  public static final String TLS_KEY = "tls.key";

  /** Key of a Secret or a ConfigMap with the certificates of the CAs to trust. */
  public static final String TLS_TRUSTED = "ca.crt";

  /** Key of a Secret with the connection to an external server. */
  public static final String URI = "uri";

  /** The end of the name of a client's NetworkPolicy to the operator's own servers. */
  public static final String TO_SERVERS = "-data";

  /** The end of the name of a client's NetworkPolicy to servers of somebody else's. */
  public static final String TO_EXTERNAL = "-external";

  public static final String DATABASE = "votes";
  public static final int FRONTEND_PORT = 8080;
  public static final int API_PORT = 8000;
  public static final int METRICS_PORT = 8001;
  public static final int POSTGRES_PORT = 5432;
  public static final int REDIS_PORT = 6379;

  public String frontendNamespace() {
    return app + "-frontend";
  }

  public String apiNamespace() {
    return app + "-api";
  }

  public String consumerNamespace() {
    return app + "-consumer";
  }

  public String dataNamespace() {
    return app + "-data";
  }

  /**
   * The four namespaces.
   *
   * @return in the order in which they are made
   */
  public List<String> namespaces() {
    return List.of(dataNamespace(), apiNamespace(), consumerNamespace(), frontendNamespace());
  }

  /**
   * The Secret with a server's certificate, in the data namespace.
   *
   * @param server {@link #POSTGRES} or {@link #REDIS}
   */
  public static String certificate(String server) {
    return server + "-tls";
  }

  /**
   * The DNS names that a server's certificate is for: all by which its Service is known from other
   * namespaces.
   *
   * @param server {@link #POSTGRES} or {@link #REDIS}
   * @return the one that its clients are given among them
   */
  public List<String> dnsNames(String server) {
    var name = server + "." + dataNamespace();
    return List.of(name, name + ".svc", name + ".svc.cluster.local");
  }

  /**
   * Where the others find PostgreSQL.
   *
   * @return host and port, good for any cluster domain
   */
  String postgresAddress() {
    return POSTGRES + "." + dataNamespace() + ".svc:" + POSTGRES_PORT;
  }

  /**
   * Where the others find Redis.
   *
   * @return host and port, good for any cluster domain
   */
  String redisAddress() {
    return REDIS + "." + dataNamespace() + ".svc:" + REDIS_PORT;
  }
}
