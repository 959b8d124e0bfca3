/** Other people's words, made fit for a condition or an Event. */
package dev.voting.operator.status.text;
