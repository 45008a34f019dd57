/** Tests. */
package dev.rwkv.vector.kernel;
