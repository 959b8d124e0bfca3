package dev.voting.api.poll;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.voting.api.http.Json;
import java.io.IOException;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One JSON object, read whole; fields that nobody asks for are ignored. */
public final class JsonTree {
  private final Map<String, Object> fields;

  private JsonTree(Map<String, Object> fields) {
    this.fields = fields;
  }

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException if the text is none; without quoting it
   */
  public static JsonTree parse(String text) {
    try (JsonParser json = Json.parser(CharBuffer.wrap(text.toCharArray()))) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        return new JsonTree(object(json));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("it cannot be read", e);
    }
    throw new IllegalArgumentException("it is no JSON object");
  }

  private static Map<String, Object> object(JsonParser json) throws IOException {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      fields.put(name, value(json));
    }
    return fields;
  }

  private static Object value(JsonParser json) throws IOException {
    return switch (json.currentToken()) {
      case START_OBJECT -> new JsonTree(object(json));
      case START_ARRAY -> {
        List<Object> items = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(json));
        }
        yield items;
      }
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> json.getText();
      default -> Optional.empty();
    };
  }

  /** A field of that type; nothing if it is absent or of another one. */
  private <T> Optional<T> field(String name, Class<T> type) {
    Object value = fields.get(name);
    return type.isInstance(value) ? Optional.of(type.cast(value)) : Optional.empty();
  }

  public Optional<String> text(String name) {
    return field(name, String.class);
  }

  public Optional<Long> number(String name) {
    return field(name, Long.class);
  }

  public Optional<Boolean> flag(String name) {
    return field(name, Boolean.class);
  }

  public Optional<JsonTree> object(String name) {
    return field(name, JsonTree.class);
  }

  /** The objects of an array; none if it is absent. */
  public List<JsonTree> objects(String name) {
    return fields.get(name) instanceof List<?> items
        ? items.stream().filter(JsonTree.class::isInstance).map(JsonTree.class::cast).toList()
        : List.of();
  }
}
