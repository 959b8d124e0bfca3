/** What commands print. */
package dev.voting.local.output;
