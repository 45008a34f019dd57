/** Rules that hold the whole build together. */
package dev.rwkv.house;
