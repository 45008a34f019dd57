/**
 * The {@code rwkv} command, one command a file. Start with {@link dev.rwkv.cli.RwkvCommand}, which
 * lists them; what several commands share are their option groups ({@link
 * dev.rwkv.cli.ModelOptions}) and their terminal ({@link dev.rwkv.cli.Terminal}).
 */
@NullMarked
package dev.rwkv.cli;

import org.jspecify.annotations.NullMarked;
