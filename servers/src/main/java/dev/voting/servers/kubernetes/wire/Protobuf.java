package dev.voting.servers.kubernetes.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/**
 * Reads the few kinds that {@code kubectl create} sends as protobuf, whatever a server says it
 * accepts: namespaces, Secrets, ConfigMaps, ServiceAccounts, and the options of deletions.
 */
public final class Protobuf {

  /** How a field is written, and under which name it goes into JSON. */
  private record Field(String name, Form form, Map<Integer, Field> message) {
    static Field of(String name, Form form) {
      return new Field(name, form, Map.of());
    }

    static Field message(String name, Map<Integer, Field> message) {
      return new Field(name, Form.MESSAGE, message);
    }
  }

  private enum Form {
    TEXT,
    TEXTS,
    NUMBER,
    FLAG,
    MESSAGE,
    TEXT_BY_NAME,
    BYTES_BY_NAME
  }

  private static final int WIRE_VARINT = 0;
  private static final int WIRE_FIXED_64 = 1;
  private static final int WIRE_LENGTH = 2;
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  private static final Field METADATA =
      Field.message(
          "metadata",
          Map.of(
              1, Field.of("name", Form.TEXT),
              2, Field.of("generateName", Form.TEXT),
              3, Field.of("namespace", Form.TEXT),
              5, Field.of("uid", Form.TEXT),
              6, Field.of("resourceVersion", Form.TEXT),
              11, Field.of("labels", Form.TEXT_BY_NAME),
              12, Field.of("annotations", Form.TEXT_BY_NAME),
              14, Field.of("finalizers", Form.TEXTS)));
  private static final Map<String, Map<Integer, Field>> KINDS =
      Map.of(
          "Namespace", Map.of(1, METADATA),
          "ServiceAccount", Map.of(1, METADATA),
          "Secret",
              Map.of(
                  1, METADATA,
                  2, Field.of("data", Form.BYTES_BY_NAME),
                  3, Field.of("type", Form.TEXT),
                  4, Field.of("stringData", Form.TEXT_BY_NAME),
                  5, Field.of("immutable", Form.FLAG)),
          "ConfigMap",
              Map.of(
                  1, METADATA,
                  2, Field.of("data", Form.TEXT_BY_NAME),
                  3, Field.of("binaryData", Form.BYTES_BY_NAME),
                  4, Field.of("immutable", Form.FLAG)),
          "DeleteOptions",
              Map.of(
                  1, Field.of("gracePeriodSeconds", Form.NUMBER),
                  2,
                      Field.message(
                          "preconditions",
                          Map.of(
                              1, Field.of("uid", Form.TEXT),
                              2, Field.of("resourceVersion", Form.TEXT))),
                  3, Field.of("orphanDependents", Form.FLAG),
                  4, Field.of("propagationPolicy", Form.TEXT)));

  private Protobuf() {}

  /**
   * Reads an object.
   *
   * @throws ApiException 415 when it is of another kind, with the way round; 400 when it is broken
   */
  public static ObjectNode read(byte[] body) {
    try {
      ByteBuffer in = ByteBuffer.wrap(body);
      byte[] magic = new byte[MAGIC.length];
      in.get(magic);
      Envelope envelope = Envelope.read(in);
      Map<Integer, Field> message = KINDS.get(envelope.kind());
      if (message == null) {
        throw ApiException.of(
            415,
            "UnsupportedMediaType",
            "this server does not read a "
                + envelope.kind()
                + " as protobuf: add --dry-run=client -o yaml and pipe it to kubectl apply -f -");
      }
      ObjectNode object = read(ByteBuffer.wrap(envelope.raw()), message);
      return object.put("apiVersion", envelope.apiVersion()).put("kind", envelope.kind());
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw ApiException.badRequest("the object provided is unrecognized: broken protobuf");
    }
  }

  /** Every object comes in one: what it is, and its bytes. */
  private record Envelope(String apiVersion, String kind, byte[] raw) {
    static Envelope read(ByteBuffer in) {
      ObjectNode type = Json.object();
      byte[] raw = new byte[0];
      while (in.hasRemaining()) {
        int tag = (int) varint(in);
        if ((tag & 7) != WIRE_LENGTH) {
          skip(in, tag & 7);
          continue;
        }
        byte[] value = bytes(in);
        if (tag >> 3 == 1) {
          type =
              Protobuf.read(
                  ByteBuffer.wrap(value),
                  Map.of(1, Field.of("apiVersion", Form.TEXT), 2, Field.of("kind", Form.TEXT)));
        } else if (tag >> 3 == 2) {
          raw = value;
        }
      }
      return new Envelope(Json.text(type, "apiVersion"), Json.text(type, "kind"), raw);
    }
  }

  private static ObjectNode read(ByteBuffer in, Map<Integer, Field> message) {
    ObjectNode object = Json.object();
    while (in.hasRemaining()) {
      int tag = (int) varint(in);
      Field field = message.get(tag >> 3);
      if (field == null) {
        skip(in, tag & 7);
      } else if ((tag & 7) == WIRE_VARINT) {
        long number = varint(in);
        if (field.form() == Form.FLAG) {
          object.put(field.name(), number != 0);
        } else {
          object.put(field.name(), number);
        }
      } else {
        put(object, field, bytes(in));
      }
    }
    return object;
  }

  private static void put(ObjectNode object, Field field, byte[] value) {
    switch (field.form()) {
      case MESSAGE -> object.set(field.name(), read(ByteBuffer.wrap(value), field.message()));
      case TEXTS -> object.withArray(field.name()).add(text(value));
      case TEXT_BY_NAME, BYTES_BY_NAME -> {
        Entry entry = Entry.read(ByteBuffer.wrap(value));
        Json.make(object, field.name())
            .put(
                entry.name(),
                field.form() == Form.TEXT_BY_NAME
                    ? text(entry.value())
                    : Base64.getEncoder().encodeToString(entry.value()));
      }
      default -> {
        if (value.length > 0) {
          object.put(field.name(), text(value));
        }
      }
    }
  }

  /** An entry of a map. */
  private record Entry(String name, byte[] value) {
    static Entry read(ByteBuffer in) {
      String name = "";
      byte[] value = new byte[0];
      while (in.hasRemaining()) {
        int tag = (int) varint(in);
        if (tag >> 3 == 1) {
          name = text(bytes(in));
        } else {
          value = bytes(in);
        }
      }
      return new Entry(name, value);
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(ByteBuffer in) {
    int length = (int) varint(in);
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new BufferUnderflowException();
  }

  private static void skip(ByteBuffer in, int wire) {
    switch (wire) {
      case WIRE_VARINT -> varint(in);
      case WIRE_LENGTH -> bytes(in);
      default -> in.position(in.position() + (wire == WIRE_FIXED_64 ? Long.BYTES : Integer.BYTES));
    }
  }
}
