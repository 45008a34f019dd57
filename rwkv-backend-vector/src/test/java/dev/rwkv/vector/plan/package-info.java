/** Tests. */
package dev.rwkv.vector.plan;
