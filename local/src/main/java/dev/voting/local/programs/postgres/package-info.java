/** PostgreSQL in the place of its image. */
package dev.voting.local.programs.postgres;
