package dev.voting.crd;

/** Regular expressions that several fields share. */
final class Patterns {
  private Patterns() {}

  /** An image: a repository, perhaps with a registry, a tag, a digest. */
  static final String IMAGE = "^[a-zA-Z0-9][-a-zA-Z0-9._/:]*(@sha256:[a-f0-9]{64})?$";

  /** A DNS label, as namespaces are named. */
  static final String LABEL = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

  /** A DNS subdomain, as hosts and most objects are named. */
  static final String SUBDOMAIN =
      "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

  /** The key of a label or annotation, as it stands within a CEL string. */
  static final String KEY =
      "^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\\\\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*/)?"
          + "[a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?$";

  /** The value of a label. */
  static final String LABEL_VALUE = "^([a-zA-Z0-9]([-a-zA-Z0-9_.]{0,61}[a-zA-Z0-9])?)?$";

  /** Text that cannot leave its line, wherever a controller copies it. */
  static final String ONE_LINE = "^[^\\x00-\\x1f\\x7f]*$";

  /** Text for people: no control characters, nothing that breaks a line or turns its direction. */
  static final String PRINTABLE =
      "^[^\\x00-\\x1f\\x7f-\\x9f\\x{2028}\\x{2029}\\x{202a}-\\x{202e}\\x{2066}-\\x{2069}]+$";

  private static final String DAY_OF_YEAR =
      "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
          + "|02-(0[1-9]|[12][0-9]))";

  /**
   * A second in UTC, in the one form that CEL, SQL and browsers compare alike, and whose order as
   * text is that in time. That 29 February is one, a rule has to see to.
   */
  static final String UTC_SECOND =
      "^20[0-9]{2}-" + DAY_OF_YEAR + "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$";

  /**
   * An origin as a browser sends it, within a CEL string: a scheme, a host of letters' labels or
   * four numbers, perhaps a port.
   */
  static final String ORIGIN =
      "^https?://(([a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?\\\\.)*"
          + "[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?"
          + "|((25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])\\\\.){3}(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9]))"
          + "(:[1-9][0-9]{0,4})?$";

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

  /** An IPv4 address, or a block of them. */
  static final String IPV4_BLOCK =
      "^" + OCTET + "([.]" + OCTET + "){3}(/([0-9]|[12][0-9]|3[0-2]))?$";

  private static final String GROUP = "[0-9a-fA-F]{1,4}";
  private static final String BEFORE = "|(" + GROUP + ":)";
  private static final String AFTER = "(:" + GROUP + ")";

  /** An IPv6 address, with or without its one gap of zeros, or a block of them. */
  static final String IPV6_BLOCK =
      ("^(" + GROUP + AFTER + "{7}" + BEFORE + "{1,7}:")
          + (BEFORE + "{1,6}" + AFTER + BEFORE + "{1,5}" + AFTER + "{2}")
          + (BEFORE + "{1,4}" + AFTER + "{3}" + BEFORE + "{1,3}" + AFTER + "{4}")
          + (BEFORE + "{1,2}" + AFTER + "{5}" + BEFORE + AFTER + "{6}")
          + ("|:(" + AFTER + "{1,7}|:))")
          + "(/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))?$";
}
