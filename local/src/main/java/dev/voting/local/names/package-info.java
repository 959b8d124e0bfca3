/** The cluster's DNS, as far as there is any on one machine; part of the runtimes' class path. */
package dev.voting.local.names;
