package dev.voting.crd.validation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number with a unit as Kubernetes writes them: {@code 500m}, {@code 1Gi}, {@code 12e6}.
 *
 * @param value the number itself, at least as fine as nano
 * @param form how it is written
 */
public record Quantity(BigDecimal value, Form form) implements Comparable<Quantity> {

  /** The three ways to write a quantity. */
  public enum Form {
    /** Powers of ten with a letter: {@code m}, none, {@code k}, {@code M}. */
    DECIMAL,
    /** Powers of 1024: {@code Ki}, {@code Mi}. */
    BINARY,
    /** Powers of ten with an exponent: {@code e3}. */
    EXPONENT
  }

  private static final Pattern TEXT =
      Pattern.compile(
          "([+-]?(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]{1,9}))?");
  private static final List<String> DECIMAL_UNITS =
      List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
  private static final int NO_DECIMAL_UNIT = 3;
  private static final List<String> BINARY_UNITS = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
  private static final BigDecimal KIBI = BigDecimal.valueOf(1024);
  private static final int FINEST_DIGITS = 9;
  private static final int GREATEST_EXPONENT = 1000;

  /**
   * Reads a quantity.
   *
   * @param text such as {@code 500m}
   * @return the quantity, or empty when the text is none
   */
  public static Optional<Quantity> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    BigDecimal number = new BigDecimal(matcher.group(1));
    if (matcher.group(2) != null) {
      int power = BINARY_UNITS.indexOf(matcher.group(2));
      return Optional.of(of(number.multiply(KIBI.pow(power)), Form.BINARY));
    }
    if (matcher.group(4) != null) {
      int exponent = Integer.parseInt(matcher.group(4));
      return Math.abs(exponent) > GREATEST_EXPONENT
          ? Optional.empty()
          : Optional.of(of(number.scaleByPowerOfTen(exponent), Form.EXPONENT));
    }
    int unit = matcher.group(3) == null ? NO_DECIMAL_UNIT : DECIMAL_UNITS.indexOf(matcher.group(3));
    return Optional.of(of(number.scaleByPowerOfTen(3 * (unit - NO_DECIMAL_UNIT)), Form.DECIMAL));
  }

  /** Finer than nano is rounded up, as Kubernetes does. */
  private static Quantity of(BigDecimal value, Form form) {
    BigDecimal rounded =
        value.scale() > FINEST_DIGITS ? value.setScale(FINEST_DIGITS, RoundingMode.UP) : value;
    return new Quantity(rounded, form);
  }

  /**
   * The form in which Kubernetes keeps it: no fraction, the greatest unit that loses nothing, so
   * {@code 1000m} is {@code 1} and {@code 1024Mi} is {@code 1Gi}.
   *
   * @return the text
   */
  public String canonical() {
    if (value.signum() == 0) {
      return "0";
    }
    boolean fine = value.stripTrailingZeros().scale() > 0;
    boolean small = value.abs().compareTo(KIBI) < 0;
    if (form == Form.BINARY && !fine && !small) {
      return binary();
    }
    return decimal();
  }

  private String binary() {
    BigInteger number = value.toBigIntegerExact();
    int power = 0;
    BigInteger[] divided = number.divideAndRemainder(KIBI.toBigInteger());
    while (divided[1].signum() == 0 && power < BINARY_UNITS.size() - 1) {
      number = divided[0];
      power++;
      divided = number.divideAndRemainder(KIBI.toBigInteger());
    }
    return number + BINARY_UNITS.get(power);
  }

  private String decimal() {
    int power = -3;
    BigDecimal number = value.scaleByPowerOfTen(FINEST_DIGITS).stripTrailingZeros();
    while (power < 6 && number.scale() <= -3) {
      number = number.scaleByPowerOfTen(-3);
      power++;
    }
    String digits = number.toBigInteger().toString();
    if (form == Form.EXPONENT) {
      return power == 0 ? digits : digits + "e" + 3 * power;
    }
    return digits + DECIMAL_UNITS.get(power + NO_DECIMAL_UNIT);
  }

  /**
   * The sum.
   *
   * @param other what to add, maybe negative
   * @return a quantity written as this one
   */
  Quantity plus(BigDecimal other) {
    return of(value.add(other), form);
  }

  @Override
  public int compareTo(Quantity other) {
    return value.compareTo(other.value);
  }
}
