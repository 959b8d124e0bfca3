package dev.voting.crd;

import static dev.voting.crd.Default.or;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;

/** The credentials of PostgreSQL and Redis. No password is ever in a spec. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.rotate) || !has(self.create) || self.create",
    message =
        "with create false the Secrets are yours, and so is their rotation: leave rotate out, and"
            + " change the Secrets",
    fieldPath = ".rotate")
public record SecretsSpec(
    @JsonPropertyDescription(
            "Whether the operator generates the credentials. With false, the Secret voting-secrets"
                + " is yours in the namespaces <name>-data, <name>-api and <name>-consumer: the"
                + " operator waits for it and never writes it.")
        Boolean create,
    @JsonPropertyDescription("The credentials of PostgreSQL.") PostgresCredentials postgres,
    @JsonPropertyDescription("The credentials of Redis.") RedisCredentials redis,
    @JsonPropertyDescription(
            "Any new value, such as today's date, rotates all generated credentials without an"
                + " outage; the condition CredentialsRotated reports the progress.")
        @Pattern("^[-._:+a-zA-Z0-9]+$")
        @Size(max = 63)
        String rotate) {

  static final SecretsSpec DEFAULTS = new SecretsSpec(null, null, null, null);

  public SecretsSpec {
    create = or(create, true);
    postgres = or(postgres, PostgresCredentials.DEFAULTS);
    redis = or(redis, RedisCredentials.DEFAULTS);
  }

  /** The credentials of PostgreSQL. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.user) || !self.user.startsWith('voting_') && !self.user.startsWith('pg_')",
      message =
          "names that begin with voting_ are those of the components' own roles, and pg_ is"
              + " PostgreSQL's: choose another name, such as voting",
      fieldPath = ".user")
  @ValidationRule(
      value =
          "!has(self.user) || !(self.user in ['public', 'none', 'current_user', 'current_role',"
              + " 'session_user'])",
      message =
          "public, none, current_user, current_role and session_user are words of PostgreSQL's own:"
              + " choose another name, such as voting",
      fieldPath = ".user")
  @ValidationRule(
      value = "!has(self.user) || self.user.matches('^[a-z_][a-z0-9_]*$')",
      message =
          "a user's name has lower-case letters, digits and underscores, and begins with no digit,"
              + " such as voting",
      fieldPath = ".user")
  public record PostgresCredentials(
      @JsonPropertyDescription(
              "The user that owns the database. It can change as long as there is none.")
          @Size(max = 63)
          String user,
      @JsonPropertyDescription(
              "The user's password, if you provide it. No component uses it: they have logins of"
                  + " their own. By default one is generated.")
          SecretKeyReference passwordSecretRef) {

    static final PostgresCredentials DEFAULTS = new PostgresCredentials(null, null);

    public PostgresCredentials {
      user = or(user, "voting");
    }
  }

  /** The credentials of Redis. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RedisCredentials(
      @JsonPropertyDescription(
              "The password of the user admin, if you provide it. No component uses it: they have"
                  + " logins of their own. By default one is generated.")
          SecretKeyReference passwordSecretRef) {

    static final RedisCredentials DEFAULTS = new RedisCredentials(null);
  }

  /** A key of a Secret in the namespace {@code <name>-data}. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SecretKeyReference(
      @JsonPropertyDescription("Name of the Secret, in the namespace <name>-data.")
          @Required
          @Pattern(Patterns.SUBDOMAIN)
          @Size(max = 253)
          String name,
      @JsonPropertyDescription("Key within the Secret.")
          @Required
          @Pattern("^[-._a-zA-Z0-9]+$")
          @Size(max = 253)
          String key) {}
}
