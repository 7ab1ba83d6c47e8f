package org.etcdmirror.service.report;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.etcdmirror.api.Bytes;
import org.etcdmirror.core.Difference;
import org.etcdmirror.core.MirrorStatus;
import org.etcdmirror.core.ResyncPlan;
import org.etcdmirror.core.VerifyReport;
import org.etcdmirror.service.doctor.Diagnosis;
import org.etcdmirror.service.doctor.Finding;

/**
 * Writes the reports of a mirror as one JSON object. {@link JsonForms} has its properties. A key
 * that is not UTF-8 is {@code 0x} and hexadecimal; a duration is a number of seconds.
 */
public final class Json {

  private static final double MILLIS_PER_SECOND = 1e3;
  private static final ObjectMapper MAPPER = mapper();

  private Json() {}

  /** Writes a status. */
  public static String of(MirrorStatus status) {
    return write(status);
  }

  /** Writes all links of a process. */
  public static String of(LinksReport links) {
    return write(links);
  }

  /** Writes the links of a process in a few numbers. */
  public static String of(ProcessReport process) {
    return write(process);
  }

  /** Writes a diagnosis. */
  public static String of(Diagnosis diagnosis) {
    return write(diagnosis);
  }

  /** Writes a plan. */
  public static String of(ResyncPlan plan) {
    return write(plan);
  }

  /**
   * Writes a comparison.
   *
   * @param samples the most differences to name
   */
  public static String of(VerifyReport report, int samples) {
    return write(
        new VerifyReport(
            report.at(),
            report.endedNanos(),
            report.duration(),
            report.index(),
            report.compared(),
            report.missing(),
            report.different(),
            report.extra(),
            report.unsettled(),
            report.unsupported(),
            report.behind(),
            report.samples().stream().limit(samples).toList()));
  }

  private static String write(Object report) {
    try {
      return MAPPER.writeValueAsString(requireNonNull(report, "report"));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("cannot write %s as JSON".formatted(report.getClass()), e);
    }
  }

  private static ObjectMapper mapper() {
    SimpleModule texts = new SimpleModule();
    texts.addSerializer(Bytes.class, by((key, json) -> json.writeString(key.textOrHex())));
    texts.addKeySerializer(Bytes.class, by((key, json) -> json.writeFieldName(key.textOrHex())));
    texts.addSerializer(Instant.class, by((time, json) -> json.writeString(time.toString())));
    texts.addSerializer(
        Duration.class,
        by((duration, json) -> json.writeNumber(duration.toMillis() / MILLIS_PER_SECOND)));
    texts.addSerializer(
        Difference.Kind.class,
        by((kind, json) -> json.writeString(kind.name().toLowerCase(Locale.ROOT))));
    texts.addSerializer(
        MirrorStatus.Role.class,
        by((role, json) -> json.writeString(role.name().toLowerCase(Locale.ROOT))));
    texts.addSerializer(
        Finding.Level.class, by((level, json) -> json.writeString(level.toString())));
    JsonMapper.Builder mapper = JsonMapper.builder().addModule(texts);
    JsonForms.BY_TYPE.forEach(mapper::addMixIn);
    return mapper.build();
  }

  private static <T> JsonSerializer<T> by(Writer<T> writer) {
    return new JsonSerializer<>() {
      @Override
      public void serialize(T value, JsonGenerator json, SerializerProvider any)
          throws IOException {
        writer.write(value, json);
      }
    };
  }

  /** Writes one value. */
  @FunctionalInterface
  private interface Writer<T> {
    void write(T value, JsonGenerator json) throws IOException;
  }
}
