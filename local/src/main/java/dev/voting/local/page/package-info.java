/**
 * The page server: stands for nginx where no nginx is, and reads the very nginx.conf that nginx
 * would read, as far as a static page needs it.
 */
package dev.voting.local.page;
