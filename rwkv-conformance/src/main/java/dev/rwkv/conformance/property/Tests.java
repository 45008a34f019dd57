package dev.rwkv.conformance.property;

import dev.rwkv.conformance.requirement.Tier;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** Which tests a requirement has, found by looking through this package. Immutable. */
public final class Tests {
  private static final Map<String, List<Method>> BY_REQUIREMENT = find();

  private Tests() {}

  /** The tests of a requirement that are part of a tier, in the order of their names. */
  public static List<Method> of(String requirement, Tier tier) {
    return BY_REQUIREMENT.getOrDefault(requirement, List.of()).stream()
        .filter(test -> test.getAnnotation(Verifies.class).from().compareTo(tier) <= 0)
        .toList();
  }

  /** All requirements that a test names, with their tests. */
  public static Map<String, List<Method>> all() {
    return BY_REQUIREMENT;
  }

  private static Map<String, List<Method>> find() {
    Map<String, List<Method>> found = new TreeMap<>();
    for (Class<?> each :
        ReflectionSupport.findAllClassesInPackage(
            Tests.class.getPackageName(), type -> true, name -> true)) {
      for (Method test :
          AnnotationSupport.findAnnotatedMethods(
              each, Verifies.class, HierarchyTraversalMode.TOP_DOWN)) {
        found
            .computeIfAbsent(test.getAnnotation(Verifies.class).value(), id -> new ArrayList<>())
            .add(test);
      }
    }
    // The order of a package's classes depends on the file system; that of a report must not.
    found.values().forEach(tests -> tests.sort(Comparator.comparing(Method::toGenericString)));
    return found;
  }
}
