package dev.rwkv.conformance.report;

import dev.rwkv.Device;
import dev.rwkv.conformance.requirement.Feature;
import dev.rwkv.conformance.subject.Subject;
import java.util.Arrays;
import java.util.List;

/**
 * What was tested.
 *
 * @param name what users select it by
 * @param provider its class
 * @param version of its jar or module, if that says so
 * @param features that it declares
 * @param arithmetic that it declares, and was held to
 * @param device that it really used
 */
public record Backend(
    String name,
    String provider,
    String version,
    List<Feature> features,
    String arithmetic,
    String device) {

  /** The facts about a subject; loads one tiny model to ask for the device. */
  public static Backend of(Subject subject) {
    Class<?> provider = subject.provider().getClass();
    return new Backend(
        subject.name(),
        provider.getName(),
        Version.of(provider).orElse("unknown"),
        Arrays.stream(Feature.values()).filter(subject::declares).toList(),
        subject.provider().arithmetic().toString(),
        subject.device().map(Backend::describe).orElse("unknown: no model could be loaded"));
  }

  private static String describe(Device device) {
    return device.kind() + " " + device.name() + ", threads: " + device.threads();
  }
}
