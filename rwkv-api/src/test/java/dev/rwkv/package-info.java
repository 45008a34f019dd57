/** Tests of the API, and a small fake model that they are made with. */
@NullMarked
package dev.rwkv;

import org.jspecify.annotations.NullMarked;
