package dev.rwkv.conformance.property;

import dev.rwkv.conformance.requirement.Tier;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/** Names the requirement that a test is for, and makes it part of a {@link Run}. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@AddLifecycleHook(RunHook.class)
public @interface Verifies {
  /** The requirement's id. */
  String value();

  /**
   * The first tier that the test is part of; each MUST needs one that is part of {@link
   * Tier#QUICK}.
   */
  Tier from() default Tier.QUICK;
}
