/** The page server: serves the page in the place of nginx, by the rules that nginx.conf has too. */
package dev.voting.local.page;
