/**
 * Everything that writes or transforms checkpoints: conversion between formats and precisions,
 * quantisation, random models, saved states.
 *
 * <p>Start with {@link dev.rwkv.checkpoint.Conversion}. A tensor on its way to a file is a {@link
 * dev.rwkv.checkpoint.StreamedTensor}, the two formats are {@link
 * dev.rwkv.checkpoint.SafetensorsWriter} and {@link dev.rwkv.checkpoint.RwkvCppWriter}, and numbers
 * become bytes in {@link dev.rwkv.checkpoint.Quantiser}.
 */
@NullMarked
package dev.rwkv.checkpoint;

import org.jspecify.annotations.NullMarked;
