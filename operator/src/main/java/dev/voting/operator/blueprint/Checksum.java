package dev.voting.operator.blueprint;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Digests of content, to see when it changes. */
public final class Checksum {

  private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

  private Checksum() {}

  /**
   * A digest of anything that has a JSON form.
   *
   * @param content such as the data of a ConfigMap; its maps should be sorted
   * @return 64 hexadecimal digits
   */
  public static String of(Object content) {
    try {
      var json = SERIALIZATION.asJson(content).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
