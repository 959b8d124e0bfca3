package dev.voting.api.results;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Shares of a whole, in hundredths of a percent, as {@code get_vote_results()} of the database has
 * them. They add up to 100 %: the rest of rounding down goes to the largest remainders, in a tie to
 * the larger count. A count above 0 has at least 0.01 %, at the expense of the largest, so only
 * exact shares are 100 % or 0 %.
 */
final class Percentages {
  private static final int WHOLE = 10_000;

  private Percentages() {}

  static long[] hundredths(long... counts) {
    BigInteger total =
        Arrays.stream(counts)
            .mapToObj(BigInteger::valueOf)
            .reduce(BigInteger.ZERO, BigInteger::add);
    long[] shares = new long[counts.length];
    if (total.signum() == 0) {
      return shares;
    }
    BigInteger[] remainders = new BigInteger[counts.length];
    for (int i = 0; i < counts.length; i++) {
      BigInteger[] divided =
          BigInteger.valueOf(counts[i])
              .multiply(BigInteger.valueOf(WHOLE))
              .divideAndRemainder(total);
      shares[i] = divided[0].longValue();
      remainders[i] = divided[1];
    }
    Comparator<Integer> byCount = Comparator.comparing(i -> counts[i]);
    Comparator<Integer> byRemainder = Comparator.comparing(i -> remainders[i]);
    IntStream.range(0, counts.length)
        .boxed()
        .sorted(byRemainder.thenComparing(byCount).reversed())
        .limit(WHOLE - Arrays.stream(shares).sum())
        .forEach(i -> shares[i]++);
    for (int i = 0; i < counts.length; i++) {
      shares[i] = Math.max(shares[i], Math.min(counts[i], 1));
    }
    int largest = IntStream.range(0, counts.length).boxed().max(byCount).orElseThrow();
    shares[largest] -= Arrays.stream(shares).sum() - WHOLE;
    return shares;
  }
}
