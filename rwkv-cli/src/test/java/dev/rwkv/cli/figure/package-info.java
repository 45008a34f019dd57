/** Tests of the figures. */
package dev.rwkv.cli.figure;
