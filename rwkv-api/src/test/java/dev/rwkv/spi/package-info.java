/** Tests of what the bases of models and sessions promise for every backend. */
@NullMarked
package dev.rwkv.spi;

import org.jspecify.annotations.NullMarked;
