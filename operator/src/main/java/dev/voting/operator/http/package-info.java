/** HTTP by which every request ends in time, and every watch is known to live. */
package dev.voting.operator.http;
