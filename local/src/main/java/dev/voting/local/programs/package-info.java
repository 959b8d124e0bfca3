/** The programs that run for the container images. */
package dev.voting.local.programs;
