/** What the service tells about itself: readiness and metrics. */
package dev.voting.api.health;
