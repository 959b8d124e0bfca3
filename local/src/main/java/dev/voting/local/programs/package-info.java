/** What runs here in the place of each container image. */
package dev.voting.local.programs;
