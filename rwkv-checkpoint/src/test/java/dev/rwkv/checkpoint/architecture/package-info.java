/** Tests of what a model must consist of, on models that are spoiled tensor by tensor. */
@NullMarked
package dev.rwkv.checkpoint.architecture;

import org.jspecify.annotations.NullMarked;
