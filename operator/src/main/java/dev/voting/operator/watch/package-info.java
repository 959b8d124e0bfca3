/** Sources of events, and what they keep of the objects that they watch. */
package dev.voting.operator.watch;
