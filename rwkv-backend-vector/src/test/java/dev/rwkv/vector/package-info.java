/** Tests. */
package dev.rwkv.vector;
