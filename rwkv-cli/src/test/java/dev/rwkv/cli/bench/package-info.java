/** Tests of the parts that bench is made of. */
package dev.rwkv.cli.bench;
