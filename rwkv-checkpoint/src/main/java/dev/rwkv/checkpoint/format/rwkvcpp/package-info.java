/**
 * The {@code .bin} files of rwkv.cpp, all in {@link
 * dev.rwkv.checkpoint.format.rwkvcpp.RwkvCppFormat}.
 */
@NullMarked
package dev.rwkv.checkpoint.format.rwkvcpp;

import org.jspecify.annotations.NullMarked;
