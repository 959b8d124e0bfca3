/** What a container is given: environment, addresses and volumes. */
package dev.voting.local.node.config;
