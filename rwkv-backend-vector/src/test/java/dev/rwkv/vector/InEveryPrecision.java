package dev.rwkv.vector;

import dev.rwkv.tensor.DType;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A test of every type that weights can be held in. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@EnumSource(
    value = DType.class,
    mode = EnumSource.Mode.EXCLUDE,
    names = {"F64", "I64"})
@interface InEveryPrecision {}
