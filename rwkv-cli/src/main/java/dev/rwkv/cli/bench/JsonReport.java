package dev.rwkv.cli.bench;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes measurements as JSON; its keys are a contract. What is not known is null. */
public final class JsonReport {
  private JsonReport() {}

  /** An array with an object per measurement. */
  public static String of(List<Measurement> measurements) {
    JsonMapper mapper = JsonMapper.shared();
    ArrayNode array = mapper.createArrayNode();
    measurements.forEach(measurement -> write(measurement, array.addObject()));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array);
  }

  private static void write(Measurement measurement, ObjectNode object) {
    object.put("backend", measurement.backend());
    object.put("model", measurement.model());
    object.put("precision", measurement.precision().label());
    object.put("threads", measurement.threads());
    object.put("batch", measurement.batch());
    ObjectNode decode = object.putObject("decode");
    write(measurement.decode().tokensPerSecond(), decode);
    put(decode, "bytesPerToken", measurement.decode().bytesPerToken());
    put(decode, "shareOfBandwidth", measurement.decode().shareOfBandwidth());
    put(decode, "shareOfPeak", measurement.decode().shareOfPeak());
    ObjectNode prefill = object.putObject("prefill");
    prefill.put("tokens", measurement.prefill().tokens());
    write(measurement.prefill().tokensPerSecond(), prefill);
    put(prefill, "shareOfPeak", measurement.prefill().shareOfPeak());
    ObjectNode machine = object.putObject("machine");
    put(machine, "readBandwidthGBs", measurement.machine().readBandwidthGBs());
    put(machine, "fmaPeakGflops", measurement.machine().fmaPeakGflops());
    put(object, "timeToFirstTokenMillis", measurement.timeToFirstTokenMillis());
    put(object, "bytesAllocatedPerToken", measurement.bytesAllocatedPerToken());
    put(object, "zeroShare", measurement.zeroShare());
  }

  private static void write(Spread tokensPerSecond, ObjectNode object) {
    ObjectNode spread = object.putObject("tokensPerSecond");
    put(spread, "median", tokensPerSecond.median());
    put(spread, "min", tokensPerSecond.min());
    put(spread, "max", tokensPerSecond.max());
  }

  private static void put(ObjectNode object, String key, double number) {
    if (Double.isFinite(number)) {
      object.put(key, number);
    } else {
      object.putNull(key);
    }
  }
}
