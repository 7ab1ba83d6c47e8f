package org.etcdmirror.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServiceDescriptor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.etcdmirror.v3.rpc.AuthGrpc;
import org.etcdmirror.v3.rpc.KVGrpc;
import org.etcdmirror.v3.rpc.LeaseGrpc;
import org.etcdmirror.v3.rpc.MaintenanceGrpc;
import org.etcdmirror.v3.rpc.WatchGrpc;

/**
 * Damages answers of etcd's gRPC methods: mostly one field of the message, which a parser does not
 * notice, and sometimes the bytes.
 */
final class MessageDamage {

  private static final Map<String, Message> ANSWERS = new HashMap<>();
  private static final int ONE_OF_BYTES = 8;
  private static final long[] NUMBERS = {0, 1, 2, -1, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 40};
  private static final List<byte[]> PIECES =
      List.of(
          new byte[] {0},
          new byte[] {-1},
          new byte[] {8, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
          new byte[] {10, -1, -1, -1, -1, 7},
          new byte[] {11},
          new byte[1_000]);

  static {
    Stream.of(
            KVGrpc.getServiceDescriptor(),
            WatchGrpc.getServiceDescriptor(),
            LeaseGrpc.getServiceDescriptor(),
            MaintenanceGrpc.getServiceDescriptor(),
            AuthGrpc.getServiceDescriptor())
        .map(ServiceDescriptor::getMethods)
        .flatMap(Collection::stream)
        .forEach(method -> ANSWERS.put(method.getFullMethodName(), answer(method)));
  }

  private final SplittableRandom random;
  private final Damage bytes;

  MessageDamage(SplittableRandom random) {
    this.random = random;
    this.bytes = new Damage(random, PIECES);
  }

  private static Message answer(MethodDescriptor<?, ?> method) {
    Object answer = ((PrototypeMarshaller<?>) method.getResponseMarshaller()).getMessagePrototype();
    return (Message) requireNonNull(answer);
  }

  /** A damaged answer to a method, named in full. */
  byte[] of(String method, byte[] answer) {
    Message prototype = ANSWERS.get(method);
    if (prototype == null || random.nextInt(ONE_OF_BYTES) == 0) {
      return bytes.of(answer);
    }
    try {
      Message.Builder message = prototype.newBuilderForType().mergeFrom(answer);
      change(message);
      return message.build().toByteArray();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("etcd answered what is not protobuf", e);
    }
  }

  /** Changes one field of the message or of a message in it. */
  private void change(Message.Builder message) {
    List<FieldDescriptor> fields = message.getDescriptorForType().getFields();
    if (fields.isEmpty()) {
      return;
    }
    FieldDescriptor field = fields.get(random.nextInt(fields.size()));
    if (field.isRepeated()) {
      changeList(message, field);
    } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      changeMessage(message, field);
    } else {
      message.setField(field, scalar(field, message.getField(field)));
    }
  }

  private void changeMessage(Message.Builder message, FieldDescriptor field) {
    if (random.nextInt(6) == 0) {
      message.clearField(field);
    } else {
      change(message.getFieldBuilder(field));
    }
  }

  private void changeList(Message.Builder message, FieldDescriptor field) {
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
      elements.add(message.getRepeatedField(field, i));
    }
    int at = elements.isEmpty() ? 0 : random.nextInt(elements.size());
    switch (random.nextInt(6)) {
      case 0 -> elements.clear();
      case 1 -> elements.subList(at, Math.min(at + 1, elements.size())).clear();
      case 2 ->
          elements.addAll(at, List.copyOf(elements.subList(at, Math.min(at + 1, elements.size()))));
      case 3 -> Collections.reverse(elements);
      default -> {
        if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
          Message.Builder element =
              elements.isEmpty()
                  ? message.newBuilderForField(field)
                  : ((Message) elements.remove(at)).toBuilder();
          change(element);
          elements.add(at, element.build());
        }
      }
    }
    message.setField(field, elements);
  }

  private Object scalar(FieldDescriptor field, Object now) {
    return switch (field.getJavaType()) {
      case LONG -> number((Long) now);
      case INT -> (int) number((Integer) now);
      case BOOLEAN -> !((Boolean) now);
      case BYTE_STRING -> ByteString.copyFrom(bytes.of(((ByteString) now).toByteArray()));
      case STRING -> new String(bytes.of(((String) now).getBytes(UTF_8)), UTF_8);
      case ENUM ->
          field
              .getEnumType()
              .getValues()
              .get(random.nextInt(field.getEnumType().getValues().size()));
      case FLOAT, DOUBLE, MESSAGE -> now;
    };
  }

  private long number(long now) {
    return switch (random.nextInt(4)) {
      case 0 -> now + random.nextInt(-3, 4);
      case 1 -> -now;
      case 2 -> random.nextLong();
      default -> NUMBERS[random.nextInt(NUMBERS.length)];
    };
  }
}
