package dev.rwkv.conformance.mutant;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what is wrong with a backend, and who must find out. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Breaks {
  /** The requirement. */
  String value();

  /** What the backend does wrong, as the end of a sentence: {@code leaves the bonus out}. */
  String how();

  /** What the reason of the verdict has to say, among other things. */
  String reason() default "";

  /** Whether the quick tier finds it with any seed, because it tries all cases that there are. */
  boolean quick() default false;

  /** Whether it harms its process, and must run in one of its own. */
  boolean forked() default false;
}
